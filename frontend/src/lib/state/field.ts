/** Field is the box on the screen, for those who put something into it. */
export interface Field {
  focus(): void
  /** Puts a text where the caret is. */
  insert(text: string): void
}

/** FieldHolder knows the box while it is on the screen; without one nothing happens. */
export class FieldHolder implements Field {
  #field: Field | undefined

  /** attach takes the box, until the returned function is called. */
  attach(field: Field): () => void {
    this.#field = field
    return () => {
      if (this.#field === field) this.#field = undefined
    }
  }

  focus(): void {
    this.#field?.focus()
  }

  insert(text: string): void {
    this.#field?.insert(text)
  }
}
