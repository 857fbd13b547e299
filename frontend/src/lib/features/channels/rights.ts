import type { Conversation, Person } from '$lib/api'

// Who may do what in a channel: the same rules as everybody's program and the hub apply to the
// channel's signed log, so that the interface offers only what will be accepted.
const ranks: Record<string, number> = { member: 1, moderator: 2, owner: 3 }

/** rankOf orders the roles; 0 is nobody. */
export function rankOf(role: string | undefined): number {
  return ranks[role ?? ''] ?? 0
}

/** mayChange: name and topic are for moderators and owners. */
export function mayChange(channel: Conversation): boolean {
  return channel.member && rankOf(channel.role) >= 2
}

/** mayInvite: public channels are open by themselves, into private ones moderators invite. */
export function mayInvite(channel: Conversation): boolean {
  return channel.member && (!!channel.public || rankOf(channel.role) >= 2)
}

/** mayGiveRoles: only owners do. */
export function mayGiveRoles(channel: Conversation): boolean {
  return channel.member && channel.role === 'owner'
}

/** mayRemove: moderators and owners, and only somebody of a lower role. */
export function mayRemove(channel: Conversation, person: Person): boolean {
  return mayChange(channel) && !person.mine && rankOf(channel.role) > rankOf(person.role)
}
