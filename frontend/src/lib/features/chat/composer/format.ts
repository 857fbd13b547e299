/** Edit is a change of a text: what stands between start and end is replaced, then from..to is selected. */
export interface Edit {
  start: number
  end: number
  text: string
  from: number
  to: number
}

/** The marks of Markdown by the keys that set them; Ctrl (or the command key) is held with them. */
const marks: Record<string, string> = { b: '**', i: '*', e: '`', X: '~~' }

/** markOf is the mark that a key press asks for. */
export function markOf(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>
) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return undefined
  const key = event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase()
  return marks[key]
}

/** marked sets a mark around the selection, or takes it away where it is; several lines of code get a fence. */
export function marked(text: string, start: number, end: number, mark: string): Edit {
  const chosen = text.slice(start, end)
  if (mark === '`' && chosen.includes('\n')) return fenced(text, start, end)
  const size = mark.length
  if (isMarked(text, start, end, mark))
    return {
      start: start - size,
      end: end + size,
      text: chosen,
      from: start - size,
      to: end - size
    }
  return { start, end, text: mark + chosen + mark, from: start + size, to: end + size }
}

/** isMarked tells "**bold**" from "*italic*": the same sign further out makes another mark. */
function isMarked(text: string, start: number, end: number, mark: string): boolean {
  const size = mark.length
  if (text.slice(start - size, start) !== mark || text.slice(end, end + size) !== mark) return false
  const sign = mark.charAt(0)
  const run =
    text.slice(0, start).length - text.slice(0, start).replace(new RegExp(`\\${sign}+$`), '').length
  return size > 1 || run % 2 === 1
}

function fenced(text: string, start: number, end: number): Edit {
  const chosen = text.slice(start, end)
  const above = start === 0 || text[start - 1] === '\n' ? '' : '\n'
  const below = end === text.length || text[end] === '\n' ? '' : '\n'
  const open = `${above}\`\`\`\n`
  const from = start + open.length
  return { start, end, text: `${open}${chosen}\n\`\`\`${below}`, from, to: from + chosen.length }
}
