/** composer is what stands around the box in which one writes. */
export const composer = {}
