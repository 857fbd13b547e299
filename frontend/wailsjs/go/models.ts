export namespace backend {
	
	export class Me {
	    user: number[];
	    device: number[];
	    name: string;
	    fingerprint: string;
	
	    static createFrom(source: any = {}) {
	        return new Me(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.user = source["user"];
	        this.device = source["device"];
	        this.name = source["name"];
	        this.fingerprint = source["fingerprint"];
	    }
	}
	export class SearchResult {
	    hits: history.Hit[];
	    more: boolean;
	    hint?: string;
	
	    static createFrom(source: any = {}) {
	        return new SearchResult(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.hits = this.convertValues(source["hits"], history.Hit);
	        this.more = source["more"];
	        this.hint = source["hint"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Storage {
	    folder: string;
	    bytes: number;
	    conversations: history.Usage[];
	
	    static createFrom(source: any = {}) {
	        return new Storage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.folder = source["folder"];
	        this.bytes = source["bytes"];
	        this.conversations = this.convertValues(source["conversations"], history.Usage);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

export namespace bridge {
	
	export class CallDevice {
	    id: string;
	    name: string;
	    default?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new CallDevice(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
	        this.default = source["default"];
	    }
	}
	export class Chosen {
	    microphone: string;
	    speaker: string;
	    camera: string;
	    screen: string;
	
	    static createFrom(source: any = {}) {
	        return new Chosen(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.microphone = source["microphone"];
	        this.speaker = source["speaker"];
	        this.camera = source["camera"];
	        this.screen = source["screen"];
	    }
	}
	export class CallDevices {
	    microphones: CallDevice[];
	    speakers: CallDevice[];
	    cameras: CallDevice[];
	    screens: CallDevice[];
	    chosen: Chosen;
	
	    static createFrom(source: any = {}) {
	        return new CallDevices(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.microphones = this.convertValues(source["microphones"], CallDevice);
	        this.speakers = this.convertValues(source["speakers"], CallDevice);
	        this.cameras = this.convertValues(source["cameras"], CallDevice);
	        this.screens = this.convertValues(source["screens"], CallDevice);
	        this.chosen = this.convertValues(source["chosen"], Chosen);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class HistoryWindow {
	    messages: history.Message[];
	    before: boolean;
	    after: boolean;
	
	    static createFrom(source: any = {}) {
	        return new HistoryWindow(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.messages = this.convertValues(source["messages"], history.Message);
	        this.before = source["before"];
	        this.after = source["after"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Page {
	    messages: history.Message[];
	    more: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Page(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.messages = this.convertValues(source["messages"], history.Message);
	        this.more = source["more"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Snapshot {
	    seq: number;
	    stage: string;
	    error: string;
	    version: string;
	    me?: backend.Me;
	    hubs: chat.HubInfo[];
	    conversations: chat.ConversationInfo[];
	
	    static createFrom(source: any = {}) {
	        return new Snapshot(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.seq = source["seq"];
	        this.stage = source["stage"];
	        this.error = source["error"];
	        this.version = source["version"];
	        this.me = this.convertValues(source["me"], backend.Me);
	        this.hubs = this.convertValues(source["hubs"], chat.HubInfo);
	        this.conversations = this.convertValues(source["conversations"], chat.ConversationInfo);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

export namespace call {
	
	export class Running {
	    conversation: string;
	    started: string;
	    users: string[];
	    names: string[];
	
	    static createFrom(source: any = {}) {
	        return new Running(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation = source["conversation"];
	        this.started = source["started"];
	        this.users = source["users"];
	        this.names = source["names"];
	    }
	}
	export class Statistics {
	    round_trip: number;
	    jitter: number;
	    loss: number;
	    bitrate_in: number;
	    bitrate_out: number;
	    packets: number;
	    packets_lost: number;
	    frames: number;
	    keyframes: number;
	    frames_dropped: number;
	    concealed: number;
	    samples: number;
	    delay: number;
	    path: string;
	    restarts: number;
	
	    static createFrom(source: any = {}) {
	        return new Statistics(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.round_trip = source["round_trip"];
	        this.jitter = source["jitter"];
	        this.loss = source["loss"];
	        this.bitrate_in = source["bitrate_in"];
	        this.bitrate_out = source["bitrate_out"];
	        this.packets = source["packets"];
	        this.packets_lost = source["packets_lost"];
	        this.frames = source["frames"];
	        this.keyframes = source["keyframes"];
	        this.frames_dropped = source["frames_dropped"];
	        this.concealed = source["concealed"];
	        this.samples = source["samples"];
	        this.delay = source["delay"];
	        this.path = source["path"];
	        this.restarts = source["restarts"];
	    }
	}
	export class Participant {
	    user: string;
	    device: string;
	    name: string;
	    verified?: boolean;
	    state: string;
	    muted?: boolean;
	    deafened?: boolean;
	    camera?: boolean;
	    screen?: boolean;
	    speaking?: boolean;
	    quality: string;
	    words: string;
	    volume: number;
	    statistics: Statistics;
	
	    static createFrom(source: any = {}) {
	        return new Participant(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.user = source["user"];
	        this.device = source["device"];
	        this.name = source["name"];
	        this.verified = source["verified"];
	        this.state = source["state"];
	        this.muted = source["muted"];
	        this.deafened = source["deafened"];
	        this.camera = source["camera"];
	        this.screen = source["screen"];
	        this.speaking = source["speaking"];
	        this.quality = source["quality"];
	        this.words = source["words"];
	        this.volume = source["volume"];
	        this.statistics = this.convertValues(source["statistics"], Statistics);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Info {
	    phase: string;
	    conversation?: string;
	    call?: string;
	    video?: boolean;
	    incoming?: boolean;
	    caller?: string;
	    caller_name?: string;
	    state?: string;
	    started?: string;
	    muted?: boolean;
	    deafened?: boolean;
	    camera?: boolean;
	    screen?: boolean;
	    speaking?: boolean;
	    participants: Participant[];
	    encryption?: string;
	    verified?: boolean;
	    warning?: string;
	    trouble?: string;
	    ended?: string;
	    running?: Running[];
	
	    static createFrom(source: any = {}) {
	        return new Info(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.phase = source["phase"];
	        this.conversation = source["conversation"];
	        this.call = source["call"];
	        this.video = source["video"];
	        this.incoming = source["incoming"];
	        this.caller = source["caller"];
	        this.caller_name = source["caller_name"];
	        this.state = source["state"];
	        this.started = source["started"];
	        this.muted = source["muted"];
	        this.deafened = source["deafened"];
	        this.camera = source["camera"];
	        this.screen = source["screen"];
	        this.speaking = source["speaking"];
	        this.participants = this.convertValues(source["participants"], Participant);
	        this.encryption = source["encryption"];
	        this.verified = source["verified"];
	        this.warning = source["warning"];
	        this.trouble = source["trouble"];
	        this.ended = source["ended"];
	        this.running = this.convertValues(source["running"], Running);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class Room {
	    Hub: number[];
	    Channel: number[];
	    User: number[];
	
	    static createFrom(source: any = {}) {
	        return new Room(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.Hub = source["Hub"];
	        this.Channel = source["Channel"];
	        this.User = source["User"];
	    }
	}
	

}

export namespace chat {
	
	export class ChannelInfo {
	    key: string;
	    name: string;
	    topic?: string;
	    public?: boolean;
	    members: number;
	    member: boolean;
	    invited?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new ChannelInfo(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.key = source["key"];
	        this.name = source["name"];
	        this.topic = source["topic"];
	        this.public = source["public"];
	        this.members = source["members"];
	        this.member = source["member"];
	        this.invited = source["invited"];
	    }
	}
	export class ConversationInfo {
	    key: string;
	    hub: string;
	    kind: string;
	    name: string;
	    topic?: string;
	    public?: boolean;
	    member: boolean;
	    unread: number;
	    mentions?: number;
	    first_unread?: string;
	    last_text?: string;
	    last_at?: string;
	    last_from?: string;
	    last_mine?: boolean;
	    last_state?: string;
	    timer?: number;
	    role?: string;
	    trust: string;
	    verified?: boolean;
	    blocked?: string;
	    online?: boolean;
	    draft?: string;
	    draft_reply_to?: string;
	    pinned?: boolean;
	    muted?: boolean;
	    muted_until?: string;
	    request?: boolean;
	    person_blocked?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new ConversationInfo(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.key = source["key"];
	        this.hub = source["hub"];
	        this.kind = source["kind"];
	        this.name = source["name"];
	        this.topic = source["topic"];
	        this.public = source["public"];
	        this.member = source["member"];
	        this.unread = source["unread"];
	        this.mentions = source["mentions"];
	        this.first_unread = source["first_unread"];
	        this.last_text = source["last_text"];
	        this.last_at = source["last_at"];
	        this.last_from = source["last_from"];
	        this.last_mine = source["last_mine"];
	        this.last_state = source["last_state"];
	        this.timer = source["timer"];
	        this.role = source["role"];
	        this.trust = source["trust"];
	        this.verified = source["verified"];
	        this.blocked = source["blocked"];
	        this.online = source["online"];
	        this.draft = source["draft"];
	        this.draft_reply_to = source["draft_reply_to"];
	        this.pinned = source["pinned"];
	        this.muted = source["muted"];
	        this.muted_until = source["muted_until"];
	        this.request = source["request"];
	        this.person_blocked = source["person_blocked"];
	    }
	}
	export class HubInfo {
	    id: string;
	    address: string;
	    name: string;
	    motd?: string;
	    account?: string;
	    link?: string;
	    state: string;
	    detail?: string;
	    retry_at?: string;
	
	    static createFrom(source: any = {}) {
	        return new HubInfo(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.address = source["address"];
	        this.name = source["name"];
	        this.motd = source["motd"];
	        this.account = source["account"];
	        this.link = source["link"];
	        this.state = source["state"];
	        this.detail = source["detail"];
	        this.retry_at = source["retry_at"];
	    }
	}
	export class Recipient {
	    user: string;
	    name: string;
	    state: string;
	    at?: string;
	
	    static createFrom(source: any = {}) {
	        return new Recipient(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.user = source["user"];
	        this.name = source["name"];
	        this.state = source["state"];
	        this.at = source["at"];
	    }
	}
	export class MessageInfo {
	    sent_at: string;
	    received_at?: string;
	    encryption: string;
	    recipients?: Recipient[];
	
	    static createFrom(source: any = {}) {
	        return new MessageInfo(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.sent_at = source["sent_at"];
	        this.received_at = source["received_at"];
	        this.encryption = source["encryption"];
	        this.recipients = this.convertValues(source["recipients"], Recipient);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

export namespace history {
	
	export class Conversation {
	    Hub: number[];
	    Channel: number[];
	    User: number[];
	
	    static createFrom(source: any = {}) {
	        return new Conversation(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.Hub = source["Hub"];
	        this.Channel = source["Channel"];
	        this.User = source["User"];
	    }
	}
	export class Notice {
	    kind: string;
	    text: string;
	    subject?: string;
	    count?: number;
	
	    static createFrom(source: any = {}) {
	        return new Notice(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.text = source["text"];
	        this.subject = source["subject"];
	        this.count = source["count"];
	    }
	}
	export class Reaction {
	    emoji: string;
	    users: string[];
	    names: string[];
	    mine?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Reaction(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.emoji = source["emoji"];
	        this.users = source["users"];
	        this.names = source["names"];
	        this.mine = source["mine"];
	    }
	}
	export class Quote {
	    id: string;
	    from_name?: string;
	    text?: string;
	    deleted?: boolean;
	    missing?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Quote(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.from_name = source["from_name"];
	        this.text = source["text"];
	        this.deleted = source["deleted"];
	        this.missing = source["missing"];
	    }
	}
	export class Message {
	    id: string;
	    conversation: string;
	    from?: string;
	    from_name?: string;
	    from_device?: string;
	    mine?: boolean;
	    text?: string;
	    sent_at: string;
	    received_at?: string;
	    position: string;
	    reply_to?: string;
	    reply?: Quote;
	    edited?: boolean;
	    edited_at?: string;
	    deleted?: boolean;
	    expires_in?: number;
	    expires_at?: string;
	    state: string;
	    error?: string;
	    reactions?: Reaction[];
	    mention?: boolean;
	    notice?: Notice;
	
	    static createFrom(source: any = {}) {
	        return new Message(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.conversation = source["conversation"];
	        this.from = source["from"];
	        this.from_name = source["from_name"];
	        this.from_device = source["from_device"];
	        this.mine = source["mine"];
	        this.text = source["text"];
	        this.sent_at = source["sent_at"];
	        this.received_at = source["received_at"];
	        this.position = source["position"];
	        this.reply_to = source["reply_to"];
	        this.reply = this.convertValues(source["reply"], Quote);
	        this.edited = source["edited"];
	        this.edited_at = source["edited_at"];
	        this.deleted = source["deleted"];
	        this.expires_in = source["expires_in"];
	        this.expires_at = source["expires_at"];
	        this.state = source["state"];
	        this.error = source["error"];
	        this.reactions = this.convertValues(source["reactions"], Reaction);
	        this.mention = source["mention"];
	        this.notice = this.convertValues(source["notice"], Notice);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Hit {
	    message: Message;
	    ranges: number[][];
	
	    static createFrom(source: any = {}) {
	        return new Hit(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.message = this.convertValues(source["message"], Message);
	        this.ranges = source["ranges"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	
	
	export class Usage {
	    key: string;
	    messages: number;
	    bytes: number;
	
	    static createFrom(source: any = {}) {
	        return new Usage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.key = source["key"];
	        this.messages = source["messages"];
	        this.bytes = source["bytes"];
	    }
	}

}

export namespace localhub {
	
	export class State {
	    running: boolean;
	    address?: string;
	    link?: string;
	    folder?: string;
	    error?: string;
	
	    static createFrom(source: any = {}) {
	        return new State(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.running = source["running"];
	        this.address = source["address"];
	        this.link = source["link"];
	        this.folder = source["folder"];
	        this.error = source["error"];
	    }
	}

}

export namespace roster {
	
	export class Person {
	    user: string;
	    hub?: string;
	    name: string;
	    role?: string;
	    online: boolean;
	    verified: boolean;
	    trust: string;
	    warning?: string;
	    mine?: boolean;
	    fingerprint?: string;
	    blocked?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Person(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.user = source["user"];
	        this.hub = source["hub"];
	        this.name = source["name"];
	        this.role = source["role"];
	        this.online = source["online"];
	        this.verified = source["verified"];
	        this.trust = source["trust"];
	        this.warning = source["warning"];
	        this.mine = source["mine"];
	        this.fingerprint = source["fingerprint"];
	        this.blocked = source["blocked"];
	    }
	}

}

export namespace settings {
	
	export class Values {
	    selectedTheme: string;
	    colorScheme: string;
	    textSize: number;
	    density: string;
	    defaultUsername: string;
	    defaultHost: string;
	    defaultPort: number;
	    sendTyping: boolean;
	    sendReadReceipts: boolean;
	    privacyAsked: boolean;
	    phraseConfirmed: boolean;
	    notifications: boolean;
	    notificationPreview: boolean;
	    notificationSound: boolean;
	    doNotDisturb: boolean;
	    enterSends: boolean;
	    hideAddress: boolean;
	    pushToTalk: boolean;
	    pushToTalkKey: string;
	    ringSound: boolean;
	    callChecked: boolean;
	    defaultTimer: number;
	    callMicrophone: string;
	    callMicrophoneName: string;
	    callSpeaker: string;
	    callSpeakerName: string;
	    callCamera: string;
	    callCameraName: string;
	    windowX: number;
	    windowY: number;
	    windowWidth: number;
	    windowHeight: number;
	    windowMaximised: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Values(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.selectedTheme = source["selectedTheme"];
	        this.colorScheme = source["colorScheme"];
	        this.textSize = source["textSize"];
	        this.density = source["density"];
	        this.defaultUsername = source["defaultUsername"];
	        this.defaultHost = source["defaultHost"];
	        this.defaultPort = source["defaultPort"];
	        this.sendTyping = source["sendTyping"];
	        this.sendReadReceipts = source["sendReadReceipts"];
	        this.privacyAsked = source["privacyAsked"];
	        this.phraseConfirmed = source["phraseConfirmed"];
	        this.notifications = source["notifications"];
	        this.notificationPreview = source["notificationPreview"];
	        this.notificationSound = source["notificationSound"];
	        this.doNotDisturb = source["doNotDisturb"];
	        this.enterSends = source["enterSends"];
	        this.hideAddress = source["hideAddress"];
	        this.pushToTalk = source["pushToTalk"];
	        this.pushToTalkKey = source["pushToTalkKey"];
	        this.ringSound = source["ringSound"];
	        this.callChecked = source["callChecked"];
	        this.defaultTimer = source["defaultTimer"];
	        this.callMicrophone = source["callMicrophone"];
	        this.callMicrophoneName = source["callMicrophoneName"];
	        this.callSpeaker = source["callSpeaker"];
	        this.callSpeakerName = source["callSpeakerName"];
	        this.callCamera = source["callCamera"];
	        this.callCameraName = source["callCameraName"];
	        this.windowX = source["windowX"];
	        this.windowY = source["windowY"];
	        this.windowWidth = source["windowWidth"];
	        this.windowHeight = source["windowHeight"];
	        this.windowMaximised = source["windowMaximised"];
	    }
	}

}

