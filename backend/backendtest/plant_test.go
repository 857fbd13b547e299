package backendtest

// plant is a bug that is put into a history, to see that the simulation notices it. The nil plant is none.
type plant struct {
	name string
	// kill changes what a killed client leaves on its disk.
	kill func(s *simulation, d *device, whole []byte) []byte
	// hub changes what a killed hub leaves on its disk.
	hub func(s *simulation)
}

func (p *plant) killed(s *simulation, d *device) func([]byte) []byte {
	if p == nil || p.kill == nil {
		return func(whole []byte) []byte { return whole }
	}
	return func(whole []byte) []byte { return p.kill(s, d, whole) }
}

func (p *plant) hubKilled(s *simulation) {
	if p != nil && p.hub != nil {
		p.hub(s)
	}
}
