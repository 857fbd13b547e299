import { parse } from './parse'
import type { Block, Inline } from './tree'

/** plainOf is a message on one line without its marks. */
export function plainOf(text: string): string {
  return parse(text).map(blockText).join(' ').replace(/\s+/g, ' ').trim()
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'code':
      return block.text
    case 'quote':
      return block.blocks.map(blockText).join(' ')
    case 'list':
      return block.items.map((item) => item.blocks.map(blockText).join(' ')).join(' ')
    case 'table':
      return [block.head, ...block.rows].map((row) => row.map(inlineText).join(' ')).join(' ')
    case 'rule':
      return ''
    default:
      return inlineText(block.children)
  }
}

/** inlineText is the text of a line without its marks. */
export function inlineText(inlines: readonly Inline[]): string {
  return inlines
    .map((one) => {
      if ('text' in one) return one.text
      return one.kind === 'break' ? '\n' : inlineText(one.children)
    })
    .join('')
}
