/** Part is a library that is in the program; text is the place of its licence among the texts. */
export interface Part {
  name: string
  version: string
  /** The licence's SPDX name. */
  licence: string
  text: number
}

/** Licences is what build/licences.ts writes beside the interface when it is built. */
export interface Licences {
  parts: Part[]
  texts: string[]
}

/** loadLicences reads the list from the program itself; it throws where it was not built. */
export async function loadLicences(): Promise<Licences> {
  const answer = await fetch('/licences.json')
  if (!answer.ok) throw new Error(answer.statusText)
  return (await answer.json()) as Licences
}
