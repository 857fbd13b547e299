/** carriesFiles says that what is pasted or dropped has files in it: pictures too. */
export function carriesFiles(data: DataTransfer | null): boolean {
  return data?.types.includes('Files') ?? false
}

/** carriesText says that it has a text, which the box takes. */
export function carriesText(data: DataTransfer | null): boolean {
  return data?.types.includes('text/plain') ?? false
}
