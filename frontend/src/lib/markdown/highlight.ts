import type { Root, RootContent } from 'hast'

/** Span is a piece of code with what it is: a keyword, a string. */
export interface Span {
  text: string
  kind: string
}

/** Longer code is shown without colours. */
const longest = 20_000

type Highlighter = (language: string, code: string) => Span[] | undefined
let loaded: Promise<Highlighter> | undefined

/** highlight colours code in a language that is known; undefined: it is shown as it stands. */
export async function highlight(language: string, code: string): Promise<Span[] | undefined> {
  if (!language || code.length > longest) return undefined
  loaded ??= load()
  return (await loaded)(language, code)
}

/** load gets the highlighter and its grammars, which are large, at the first code that is shown. */
async function load(): Promise<Highlighter> {
  const { common, createLowlight } = await import('lowlight')
  const lowlight = createLowlight(common)
  return (language, code) =>
    lowlight.registered(language) ? spansOf(lowlight.highlight(language, code)) : undefined
}

function spansOf(root: Root): Span[] {
  const spans: Span[] = []
  const walk = (nodes: readonly RootContent[], kind: string) => {
    for (const node of nodes) {
      if (node.type === 'text') spans.push({ text: node.value, kind })
      else if (node.type === 'element')
        walk(node.children, kindOf(node.properties.className) || kind)
    }
  }
  walk(root.children, '')
  return spans
}

/** kindOf is the first class without its prefix: "hljs-keyword" is a keyword. */
function kindOf(classes: unknown): string {
  const first: unknown = Array.isArray(classes) ? classes[0] : undefined
  return typeof first === 'string' ? first.replace(/^hljs-/, '').replace(/_$/, '') : ''
}
