export { loadEmoji } from './load'
export { EmojiSet, groupKeys, toned, type Emoji, type Group, type GroupKey } from './set'
