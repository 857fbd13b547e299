import { minidenticon } from 'minidenticons'

/** fnv spreads ids over the pictures: ids that begin alike get pictures that do not. */
function fnv(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}

const known = new Map<string, string>()
/** How many pictures are kept; a channel's people come again and again. */
const most = 2_000

/** identiconOf is the picture of an id, as an address for an image. */
export function identiconOf(seed: string): string {
  const had = known.get(seed)
  if (had) return had
  if (known.size >= most) known.clear()
  const address = `data:image/svg+xml,${encodeURIComponent(minidenticon(seed || '?', 55, 52, fnv))}`
  known.set(seed, address)
  return address
}
