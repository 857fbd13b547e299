/** shortcuts is the list of keys; those of actions that work everywhere stand with the palette's texts. */
export const shortcuts = {
  enter: 'Enter sends the message',
  enterHint: 'Shift+Enter makes a new line. Without it Ctrl+Enter sends.',
  talk: 'Be heard while it is held down',
  groups: {
    app: 'Everywhere',
    conversation: 'In the open conversation',
    call: 'In a call',
    list: 'In the list of conversations',
    message: 'On a message',
    composer: 'While writing'
  },
  /** Keys that belong to one place on the screen, which handles them itself. */
  local: {
    list: [
      ['Go up and down', 'ArrowUp', 'ArrowDown'],
      ['Open', 'Enter'],
      ['What can be done', 'Shift+F10']
    ],
    message: [
      ['To the message above or below', 'ArrowUp', 'ArrowDown'],
      ['A page up or down', 'PageUp', 'PageDown'],
      ['To the newest message', 'End'],
      ['Reply', 'R'],
      ['React', '+'],
      ['Edit your own message', 'E'],
      ['Copy the text', 'C'],
      ['Who has it, who read it', 'I'],
      ['Delete', 'Delete'],
      ['What can be done', 'Enter']
    ],
    composer: [
      ['Edit your last message', 'ArrowUp'],
      ['Bold, italic', 'Ctrl+B', 'Ctrl+I'],
      ['Struck through, code', 'Ctrl+Shift+X', 'Ctrl+E'],
      ['Name a person, a channel, an emoji', '@', '#', ':'],
      ['Stop answering or editing', 'Escape']
    ]
  } as Record<'list' | 'message' | 'composer', [string, ...string[]][]>
}
