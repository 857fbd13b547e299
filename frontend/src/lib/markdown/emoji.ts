const picture = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|[0-9#*]\u{FE0F}?\u{20E3})/u
const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** emojiAlone counts the emoji of a text that has one to three of them and nothing else; else it is 0. */
export function emojiAlone(text: string): number {
  if (text.length > 120 || !picture.test(text.trimStart())) return 0
  const parts = [...segments.segment(text)]
    .map(({ segment }) => segment)
    .filter((one) => one.trim() !== '')
  if (parts.length === 0 || parts.length > 3) return 0
  return parts.every((one) => picture.test(one)) ? parts.length : 0
}
