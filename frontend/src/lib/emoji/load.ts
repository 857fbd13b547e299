import { EmojiSet, type RawEmoji } from './set'

let loading: Promise<EmojiSet> | undefined

/** loadEmoji reads the data, once; it is a part of the program that most screens do without. */
export function loadEmoji(): Promise<EmojiSet> {
  loading ??= read().catch((cause: unknown) => {
    loading = undefined
    throw cause
  })
  return loading
}

async function read(): Promise<EmojiSet> {
  const [compact, github, emojibase] = await Promise.all([
    import('emojibase-data/en/compact.json'),
    import('emojibase-data/en/shortcodes/github.json'),
    import('emojibase-data/en/shortcodes/emojibase.json')
  ])
  // GitHub's codes are the ones that people know from elsewhere, so they come first.
  return new EmojiSet(compact.default as RawEmoji[], [github.default, emojibase.default])
}
