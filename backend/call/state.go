package call

// remoteState is what a peer says of itself, on the channel of the connection: one version byte, one byte of flags.
type remoteState struct{ muted, camera, screen, deafened bool }

const stateVersion = 1

func (s remoteState) encode() []byte {
	flags := byte(0)
	for i, on := range []bool{s.muted, s.camera, s.screen, s.deafened} {
		if on {
			flags |= 1 << i
		}
	}
	return []byte{stateVersion, flags}
}

// parseState reads what encode made; flags of a newer version are ignored.
func parseState(data []byte) (remoteState, bool) {
	if len(data) < 2 || data[0] != stateVersion {
		return remoteState{}, false
	}
	f := data[1]
	return remoteState{f&1 != 0, f&2 != 0, f&4 != 0, f&8 != 0}, true
}

// own is this device's state.
func (p *Phone) own() remoteState {
	s := remoteState{muted: p.muted || p.deafened, deafened: p.deafened}
	if p.sending != nil {
		s.muted = s.muted || p.sending.sources[kindMicrophone] == nil
		s.camera, s.screen = p.sending.sources[KindCamera] != nil, p.sending.sources[KindScreen] != nil
	}
	return s
}

func (p *Phone) sendState(q *peer) {
	if q.link != nil && q.link.channel != nil {
		q.link.channel.Send(p.own().encode()) // it is sent again when the channel opens
	}
}

func (p *Phone) sendStates() {
	for _, q := range p.peers {
		p.sendState(q)
	}
}

// errNoCall refuses what only means something in a call.
const errNoCall = sentence("You are in no call.")

// sentence is an error for a person.
type sentence string

func (s sentence) Error() string { return string(s) }

// inCall runs do where this device sends.
func (p *Phone) inCall(do func()) error {
	return p.command(func() error {
		if p.sending == nil {
			return errNoCall
		}
		do()
		return nil
	})
}

// SetMuted has the microphone give silence.
func (p *Phone) SetMuted(on bool) error {
	return p.inCall(func() { p.muted = on; p.applyMuted() })
}

// SetDeafened lets nothing be heard, here or there.
func (p *Phone) SetDeafened(on bool) error {
	return p.inCall(func() { p.deafened = on; p.applyMuted(); p.applyVolumes() })
}

func (p *Phone) applyMuted() {
	p.sending.muted.Store(p.muted || p.deafened)
	p.sendStates()
}

// SetCamera turns the camera on or off.
func (p *Phone) SetCamera(on bool) error { return p.setSource(KindCamera, on) }

// SetScreen shares the screen, or does no more.
func (p *Phone) SetScreen(on bool) error { return p.setSource(KindScreen, on) }

func (p *Phone) setSource(kind string, on bool) error {
	if on && p.Media == nil {
		return sentence("This build of Gossip has neither sound nor picture.")
	}
	return p.inCall(func() {
		if on {
			p.turnOn(kind)
			return
		}
		p.turnOff(kind)
	})
}

// SetDevice chooses the source of a kind ("microphone", "camera", "screen") by the name that Media has for it; one that
// is on changes at once. A call without a microphone takes it in any case: it may be plugged in again.
func (p *Phone) SetDevice(kind, device string) error {
	return p.command(func() error {
		same := p.devices[kind] == device
		p.devices[kind] = device
		switch {
		case p.sending == nil || p.Media == nil:
		case kind == kindMicrophone && !p.sending.wanted[kind]:
			p.turnOn(kind)
		case !same && p.sending.sources[kind] != nil:
			p.turnOff(kind)
			p.turnOn(kind)
		}
		return nil
	})
}
