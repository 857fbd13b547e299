import type { Emoji } from '$lib/emoji'
import { messages } from '$lib/messages'
import type { EmojiChoice } from '$lib/state/emoji.svelte'
import type { Cell, Section } from './grid'

/** sectionsOf is what the picker shows: what was found, or what was last used and every category. */
export function sectionsOf(
  choice: EmojiChoice,
  recent: readonly string[],
  question: string
): Section[] {
  const { set } = choice
  const texts = messages.composer.picker
  if (!set) return []
  const cellOf = (one: Emoji): Cell => ({
    emoji: choice.shown(one),
    name: one.name,
    code: one.codes[0] ?? ''
  })
  if (question.trim())
    return [{ key: 'found', title: texts.found, cells: set.search(question).map(cellOf) }]
  const used = recent.map((emoji) => {
    const known = set.find(emoji)
    return { emoji, name: known?.name ?? emoji, code: known?.codes[0] ?? '' }
  })
  const groups = set.groups.map(({ key, emoji }) => ({
    key,
    title: texts.groups[key],
    cells: emoji.map(cellOf)
  }))
  return [{ key: 'recent', title: texts.recent, cells: used }, ...groups]
}
