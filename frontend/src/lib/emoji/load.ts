import { drawableWith, pen } from './drawable'
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
  await breath()
  const drawn = drawable(compact.default as RawEmoji[])
  await breath()
  return new EmojiSet(drawn, [github.default, emojibase.default])
}

/** breath lets the window answer in between: each step takes longer than a frame. */
const breath = () => new Promise((done) => setTimeout(done))

function drawable(all: RawEmoji[]): RawEmoji[] {
  const canvas = pen()
  if (!canvas) return all
  const fits = drawableWith(canvas)
  return all.filter((one) => fits(one.unicode))
}
