package backendtest

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gossip/backend/store"
	"gossip/backend/vault"
	"gossip/common/wire"
)

// plant is a bug that is put into a history, to see that the simulation notices it. The nil plant is none.
type plant struct {
	// begin runs before the history.
	begin func(s *simulation)
	// kill changes what a killed client leaves on its disk.
	kill func(d *device, whole []byte) []byte
	// killed runs after a client was killed, on its folder.
	killed func(s *simulation, d *device)
	// hub runs after the hub was killed, on its folder.
	hub func(s *simulation)
}

// plantedSeeds is within how many histories a bug has to be noticed.
const plantedSeeds = 1000

// TestSimulationNoticesPlantedBugs puts one bug at a time into the histories.
func TestSimulationNoticesPlantedBugs(t *testing.T) {
	tpl := makeTemplate(t, people...)
	for name, newPlant := range map[string]func() *plant{
		"an acknowledgement is dropped": dropAnAck,
		"a client skips one write":      func() *plant { return &plant{kill: skipAWrite()} },
		"the hub skips one write":       func() *plant { return &plant{hub: hubSkipsAWrite} },
		"a chain index is used again":   reuseAnIndex,
	} {
		t.Run(name, func(t *testing.T) {
			for seed := uint64(1); seed <= plantedSeeds; seed++ {
				if broken, _ := play(t, tpl, seed, newPlant()); len(broken) > 0 {
					t.Logf("noticed in history %d: %s", seed, broken[0])
					return
				}
			}
			t.Errorf("%d histories did not notice it", plantedSeeds)
		})
	}
}

func skipAWrite() func(d *device, whole []byte) []byte {
	done := false
	return func(_ *device, whole []byte) []byte {
		if done {
			return whole
		}
		done = true
		return withoutLastCommit(whole)
	}
}

func hubSkipsAWrite(s *simulation) {
	file := filepath.Join(s.hub.Dir, "hub.db")
	whole, err := os.ReadFile(file)
	check(s.t, err)
	check(s.t, os.WriteFile(file, withoutLastCommit(whole), 0o600))
}

// dropAnAck has one device never hear that a packet of its own is on the hub's disk.
func dropAnAck() *plant {
	return &plant{begin: func(s *simulation) {
		c := s.cheated(s.devices[0])
		dropped, left := false, 2+s.rng.IntN(8)
		c.toDevice = func(p wire.Packet) []wire.Packet {
			if signal, ok := p.(*wire.SignalPacket); ok && signal.Kind == wire.KindAck && !dropped {
				if left--; left == 0 {
					dropped = true
					return nil
				}
			}
			return []wire.Packet{p}
		}
		s.devices[0].open()
	}}
}

// reuseAnIndex gives a killed device the sender keys and sessions that it had when it was killed the time before.
func reuseAnIndex() *plant {
	before := map[string]map[string][]byte{}
	return &plant{killed: func(s *simulation, d *device) {
		check(s.t, withStore(d.dir, func(tx *store.Tx) error {
			var err error
			for _, name := range []string{"e2ee-sender", "e2ee-session"} {
				bucket, at := tx.Bucket(name, s.hubID[:]), d.name+" "+name
				old := before[at]
				before[at] = rowsOf(bucket)
				for key, value := range old {
					err = errors.Join(err, bucket.Put([]byte(key), value))
				}
			}
			return err
		}))
	}}
}

func rowsOf(bucket *store.Bucket) map[string][]byte {
	rows := map[string][]byte{}
	for key, value := range bucket.Range(nil, nil, false, 0) {
		rows[string(key)] = value
	}
	return rows
}

// withStore opens the store of a profile that is not in use.
func withStore(dir string, do func(tx *store.Tx) error) error {
	profile, err := vault.Open(dir, unlock)
	if err != nil {
		return err
	}
	return errors.Join(profile.Store().Update(do), profile.Lock())
}

func (p *plant) started(s *simulation) {
	if p != nil && p.begin != nil {
		p.begin(s)
		s.rest(2 * time.Second)
	}
}

func (p *plant) kills(d *device) func([]byte) []byte {
	return func(whole []byte) []byte {
		if p == nil || p.kill == nil {
			return whole
		}
		return p.kill(d, whole)
	}
}

func (p *plant) clientKilled(s *simulation, d *device) {
	if p != nil && p.killed != nil {
		p.killed(s, d)
	}
}

func (p *plant) hubKilled(s *simulation) {
	if p != nil && p.hub != nil {
		p.hub(s)
	}
}
