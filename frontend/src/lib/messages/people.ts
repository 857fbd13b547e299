export const people = {
  title: 'People here',
  close: 'Close',
  write: (name: string) => `Write to ${name}`,
  verified: 'verified',
  none: 'Nobody else is here yet.'
}

export const trust = {
  title: (name: string) => `Is this really ${name}?`,
  lead: (name: string) =>
    `Compare this number with the one on ${name}’s screen, side by side or on the phone. If it is the same, nobody stands in between.`,
  verify: 'The numbers are the same',
  unverify: 'Not verified any more',
  accept: 'Accept the change',
  open: 'Be sure who this is',
  close: 'Close'
}
