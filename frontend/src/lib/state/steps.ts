/** Way is how somebody comes to a hub. */
export type Way = 'link' | 'address' | 'own'

/**
 * Step is one screen: "welcome" (which way), "name", "restore" (from the words), "phrase" (write it down),
 * "check" (three words of it), "privacy", "hub" (join or start it), "share" (the link of one's own hub).
 */
export type Step = 'welcome' | 'name' | 'restore' | 'phrase' | 'check' | 'privacy' | 'hub' | 'share'

/** Where Back leads; from "privacy" to the words, if there is something to write down. */
export const before: Record<Step, Step> = {
  welcome: 'welcome',
  name: 'welcome',
  restore: 'welcome',
  phrase: 'name',
  check: 'phrase',
  privacy: 'welcome',
  hub: 'welcome',
  share: 'share'
}
