import type { Token, Tokens } from 'marked'
import { lex } from './lexer'
import { safeLink } from './link'
import type { Block, Inline, Item } from './tree'

/** Marks inside marks are followed so deep; what is deeper stands as it was written. */
const deepest = 12
const kept = 600
const parsed = new Map<string, Block[]>()

/** parse makes of Markdown what is shown; the last few hundred results are kept. */
export function parse(text: string): Block[] {
  const known = parsed.get(text)
  if (known) return known
  const tokens = lex(text)
  const blocks = tokens ? blocksOf(tokens, 0) : [plain(text)]
  if (parsed.size >= kept) parsed.delete(parsed.keys().next().value ?? '')
  parsed.set(text, blocks)
  return blocks
}

/** plain is a text as it stands, with its lines. */
function plain(text: string): Block {
  return { kind: 'paragraph', children: textOf(text) }
}

function textOf(text: string): Inline[] {
  return text
    .split('\n')
    .flatMap((line, i): Inline[] =>
      i === 0 ? [{ kind: 'text', text: line }] : [{ kind: 'break' }, { kind: 'text', text: line }]
    )
}

function blocksOf(tokens: Token[], depth: number): Block[] {
  return tokens.flatMap((token) => blockOf(token, depth))
}

function blockOf(token: Token, depth: number): Block[] {
  if (depth > deepest) return [plain(token.raw)]
  switch (token.type) {
    case 'space':
      return []
    case 'hr':
      return [{ kind: 'rule' }]
    case 'code':
      return [{ kind: 'code', language: languageOf(token as Tokens.Code), text: token.text }]
    case 'heading':
      return [{ kind: 'heading', level: token.depth, children: inlines(token, depth) }]
    case 'blockquote':
      return [{ kind: 'quote', blocks: blocksOf(token.tokens ?? [], depth + 1) }]
    case 'list':
      return [listOf(token as Tokens.List, depth)]
    case 'table':
      return [tableOf(token as Tokens.Table, depth)]
    default:
      return [{ kind: 'paragraph', children: inlines(token, depth) }]
  }
}

function languageOf(token: Tokens.Code): string {
  return (token.lang ?? '').split(/\s/)[0]?.toLowerCase() ?? ''
}

function listOf(list: Tokens.List, depth: number): Block {
  const items = list.items.map((item): Item => ({
    done: item.task ? item.checked : undefined,
    blocks: blocksOf(
      item.tokens.filter((token) => token.type !== 'checkbox'),
      depth + 1
    )
  }))
  return { kind: 'list', start: list.ordered ? Number(list.start) || 1 : undefined, items }
}

function tableOf(table: Tokens.Table, depth: number): Block {
  const cells = (row: Tokens.TableCell[]) => row.map((cell) => inlines(cell, depth))
  return { kind: 'table', head: cells(table.header), rows: table.rows.map(cells) }
}

/** inlines are the pieces of a token that has some, or of its text. */
function inlines(token: Token | Tokens.TableCell, depth: number): Inline[] {
  const tokens = 'tokens' in token ? token.tokens : undefined
  if (tokens) return tokens.flatMap((one) => inlineOf(one, depth + 1))
  return textOf('text' in token ? token.text : '')
}

function inlineOf(token: Token, depth: number): Inline[] {
  if (depth > deepest) return textOf(token.raw)
  switch (token.type) {
    case 'br':
      return [{ kind: 'break' }]
    case 'codespan':
      return [{ kind: 'code', text: token.text }]
    case 'strong':
    case 'em':
    case 'del':
      return [{ kind: token.type, children: inlines(token, depth) }]
    case 'link':
    case 'image':
      return linkOf(token as Tokens.Link, depth)
    default:
      return inlines(token, depth)
  }
}

/** linkOf makes a link where the address is one that may be opened, also of an image: none is loaded. */
function linkOf(token: Tokens.Link, depth: number): Inline[] {
  const href = safeLink(token.href)
  if (!href) return textOf(token.raw)
  return [
    { kind: 'link', href, children: token.tokens ? inlines(token, depth) : textOf(token.text) }
  ]
}
