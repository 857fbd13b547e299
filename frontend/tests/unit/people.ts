import type { Change, Conversation, Hub, Message, Person, Snapshot } from '$lib/api'

/** home is the hub of these tests. */
export const home: Hub = { id: 'h_home', address: 'localhost:1720', name: 'Home', state: 'online' }

/** message makes the nth row of a conversation, by bob unless told otherwise. */
export function message(n: number, more: Partial<Message> = {}): Message {
  return {
    id: `m_${n}`,
    conversation: 'h_home/c_general',
    from: 'u_bob',
    from_name: 'bob',
    text: `message ${n}`,
    sent_at: new Date(Date.UTC(2026, 10, 20, 12, n)).toISOString(),
    position: String(n).padStart(8, '0'),
    state: 'received',
    ...more
  }
}

export function conversation(name: string, more: Partial<Conversation> = {}): Conversation {
  return {
    key: `h_home/c_${name}`,
    hub: 'h_home',
    kind: 'channel',
    name,
    member: true,
    unread: 0,
    trust: '',
    ...more
  }
}

export function person(name: string, more: Partial<Person> = {}): Person {
  return { user: `u_${name}`, name, online: false, verified: false, trust: '', ...more }
}

export function snapshot(seq: number, more: Partial<Snapshot> = {}): Snapshot {
  return { seq, stage: 'ready', version: '0', hubs: [home], conversations: [], ...more }
}

/** arrival is the event of a new row. */
export function arrival(seq: number, row: Message): Change {
  return { seq, type: 'message', conversation: row.conversation, message: row }
}
