import { Lexer, Tokenizer, type Token } from 'marked'

/** Longer texts are shown without marks: nobody formats so much, and a lexer may take long over it. */
const longest = 20_000
/** So many marks are no formatting any more. */
const mostMarks = 2_000
/** Quotes and lists in each other are followed so deep. */
const deepest = 12

/**
 * ChatTokenizer leaves out what would hide a part of what was written, or surprise in a chat: HTML
 * stands as text, lines of dashes make no heading, four spaces no code, and there are no link
 * definitions.
 */
class ChatTokenizer extends Tokenizer {
  override html(): undefined {
    return undefined
  }
  override tag(): undefined {
    return undefined
  }
  override def(): undefined {
    return undefined
  }
  override code(): undefined {
    return undefined
  }
  override lheading(): undefined {
    return undefined
  }
}

const options = { gfm: true, breaks: true, tokenizer: new ChatTokenizer() }

/** lex splits a message into tokens; undefined says that it is to be shown as it stands. */
export function lex(text: string): Token[] | undefined {
  if (text.length > longest || isWild(text)) return undefined
  try {
    return new Lexer(options).lex(text)
  } catch {
    return undefined
  }
}

/** isWild tells a text that is made to keep a lexer busy from one that people write. */
function isWild(text: string): boolean {
  const marks = text.match(/[*_~`[\]<>|\\]/g)?.length ?? 0
  if (marks > mostMarks) return true
  const nested = new RegExp(`^(?:[ \\t]*(?:>|[-+*]|\\d{1,9}[.)])[ \\t]?){${deepest}}`, 'm')
  return nested.test(text)
}
