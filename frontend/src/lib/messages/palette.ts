/** palette is the command palette and the search in messages. */
export const palette = {}
