package backendtest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gossip/backend"
)

var (
	seeds     = flag.Int("seeds", defaultSeeds, "how many histories the simulation plays")
	firstSeed = flag.Uint64("seed", 1, "the first history of the simulation")
	failures  = flag.Int("failures", 1, "after how many failures the simulation ends")
)

// TestSimulation plays short random histories and checks what must hold in all of them.
func TestSimulation(t *testing.T) {
	tpl := makeTemplate(t, people...)
	started := time.Now()
	failed := 0
	for seed := *firstSeed; seed < *firstSeed+uint64(*seeds) && failed < *failures; seed++ {
		ok := t.Run(fmt.Sprint(seed), func(t *testing.T) {
			if broken, history := play(t, tpl, seed, nil); len(broken) > 0 {
				t.Errorf("broken:\n\t%s\nhistory:\n\t%s\nagain: go test ./backend/backendtest -run Simulation -seeds 1 -seed %d",
					strings.Join(broken, "\n\t"), strings.Join(history, "\n\t"), seed)
			}
		})
		if !ok {
			failed++
		}
	}
	t.Logf("%d histories in %v", *seeds, time.Since(started).Round(time.Millisecond))
}

// simulation is one history under way.
type simulation struct {
	*world
	rng     *rand.Rand
	people  []*person
	rooms   []*room // conversations
	said    []*utterance
	history []string
	started time.Time
	plant   *plant
	drafts  map[draftKey]string // what was left unsent
	torn    bool                // the hub died between two writes: see checkOrder
}

// draftKey is where a draft is.
type draftKey struct {
	d *device
	r *room
}

// person is who the devices belong to.
type person struct {
	name    string
	devices []*device
}

// play runs one history and returns what was broken in it.
func play(t *testing.T, tpl *template, seed uint64, planted *plant) (broken, history []string) {
	synctest.Test(t, func(t *testing.T) {
		s := newSimulation(t, tpl, seed)
		s.plant = planted
		s.plant.started(s)
		for range 10 + s.rng.IntN(30) {
			s.step()
		}
		broken = s.finish()
		history = s.history
		if len(broken) > 0 && testing.Verbose() && planted == nil {
			s.logs.print(t)
		}
	})
	return broken, history
}

func newSimulation(t *testing.T, tpl *template, seed uint64) *simulation {
	rng := rand.New(rand.NewPCG(seed, 1720))
	names := slices.Clone(tpl.people[:3+rng.IntN(len(tpl.people)-2)])
	if rng.IntN(3) == 0 {
		names = append(names, laptop)
	}
	s := &simulation{world: worldFrom(t, tpl, names...), rng: rng, started: time.Now(), drafts: map[draftKey]string{}}
	general := s.addRoom("#general", s.general, nil)
	for _, d := range s.devices {
		if d.name == laptop {
			s.people[0].devices = append(s.people[0].devices, d)
			continue
		}
		p := &person{name: d.person, devices: []*device{d}}
		for _, other := range s.people {
			s.addRoom("@"+other.name+"+"+p.name, backend.Conversation{}, []*person{other, p})
		}
		s.people = append(s.people, p)
		general.standing[p] = in
	}
	if s.chance(2) {
		s.rest(time.Second)
	}
	return s
}

func (s *simulation) note(format string, args ...any) {
	s.history = append(s.history, fmt.Sprintf("%9s ", time.Since(s.started).Round(time.Millisecond))+fmt.Sprintf(format, args...))
}

// chance is true once in n times.
func (s *simulation) chance(n int) bool { return s.rng.IntN(n) == 0 }

func pick[T any](s *simulation, from []T) T { return from[s.rng.IntN(len(from))] }

// step does one thing and lets a random time pass.
func (s *simulation) step() {
	s.torn = s.torn || s.hub.Dead()
	if s.hub.Dead() && s.chance(3) {
		s.hubIsBack()
	}
	total := 0
	for _, a := range actions {
		total += a.weight
	}
	n := s.rng.IntN(total)
	for _, a := range actions {
		if n -= a.weight; n < 0 {
			a.do(s)
			break
		}
	}
	switch s.rng.IntN(5) {
	case 0, 1:
		time.Sleep(2 * time.Millisecond) // stamps of different people's edits differ
	case 2:
		synctest.Wait()
		time.Sleep(2 * time.Millisecond)
	case 3:
		s.rest(time.Duration(s.rng.IntN(1000)) * time.Millisecond)
	case 4:
		s.rest(time.Duration(s.rng.IntN(8000)) * time.Millisecond)
	}
}

// device picks a device that is on; one that was off or has died comes back for it.
func (s *simulation) device() *device {
	d := pick(s, pick(s, s.people).devices)
	s.ready(d)
	return d
}

// ready has a device on.
func (s *simulation) ready(d *device) {
	if d.on() && d.line.isDead() {
		s.kill(d, "died")
	}
	if !d.on() {
		s.note("%s comes back", d.name)
		d.open()
	}
}

func (s *simulation) kill(d *device, why string) {
	s.note("%s %s", d.name, why)
	d.killWith(s.plant.kills(d))
	s.plant.clientKilled(s, d)
}

// ownerOf is the person of a device.
func (s *simulation) ownerOf(d *device) *person {
	for _, p := range s.people {
		if p.name == d.person {
			return p
		}
	}
	panic("a device without a person")
}
