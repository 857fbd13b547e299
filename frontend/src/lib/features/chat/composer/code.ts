/** inCode says that a place of a Markdown text stands in code, where nothing is replaced. */
export function inCode(text: string, at: number): boolean {
  const before = text.slice(0, at)
  const fences = before.match(/^ {0,3}```/gm)?.length ?? 0
  if (fences % 2 === 1) return true
  const line = before.slice(before.lastIndexOf('\n') + 1)
  const quotes = line.match(/`/g)?.length ?? 0
  return quotes % 2 === 1
}
