package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// The storm: how much is said, and how often each process is killed meanwhile.
const (
	stormMessages = 1000 // of each person
	stormKills    = 5    // of the hub, and of each person's client
	stormWindow   = 40   // lines given to a client beyond those that it has confirmed
)

// TestStorm has two people say 1,000 messages each into one channel while the hub and both clients are killed five
// times each. Both must end with all 2,000, each once, in each sender's order.
func TestStorm(t *testing.T) {
	if testing.Short() {
		t.Skip("runs for half a minute")
	}
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dir := t.TempDir()
	hub := &hubProcess{program: buildHub(t), data: filepath.Join(dir, "hub"), log: filepath.Join(dir, "hub.log"), login: make(chan struct{})}
	hub.flags = []string{"--limit-packets-per-second", "2000", "--limit-packet-burst", "4000"}
	if err := hub.start(); err != nil {
		t.Fatal(err)
	}
	defer hub.kill()
	confirmed := make(chan struct{}, 2*stormMessages*2)
	people := []*talker{newTalker(t, dir, "alice", hub, seed, confirmed), newTalker(t, dir, "bob", hub, seed+1, confirmed)}

	var talk errgroup.Group
	for _, p := range people {
		talk.Go(p.talk)
	}
	done := make(chan struct{})
	var breaks errgroup.Group
	breaks.Go(func() error { return breakHub(hub, confirmed, done) })
	err := talk.Wait()
	close(done)
	if err != nil {
		t.Fatal(err)
	}
	if err := breaks.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		if p.kills != 0 {
			t.Errorf("%s was to be killed %d times more", p.name, p.kills)
		}
		if _, err := p.run("sync", "--retry"); err != nil {
			t.Fatal(err)
		}
	}
	for _, reader := range people {
		checkHistory(t, reader, people)
	}
}

// breakHub kills the hub and starts it again, evenly over what is confirmed.
func breakHub(hub *hubProcess, confirmed, done <-chan struct{}) error {
	for kills := range stormKills {
		for range 2 * stormMessages / (stormKills + 1) {
			select {
			case <-confirmed:
			case <-done:
				return fmt.Errorf("the hub was killed %d times only", kills)
			}
		}
		hub.kill()
		if err := hub.start(); err != nil {
			return err
		}
	}
	return nil
}

// checkHistory compares what a person has at the end with what everyone has said.
func checkHistory(t *testing.T, reader *talker, people []*talker) {
	t.Helper()
	said, err := reader.history()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		if got, want := said[p.name], p.texts(); !slices.Equal(got, want) {
			t.Errorf("%s has %d messages of %s, want %d; the first that differs: %s", reader.name, len(got), p.name, len(want), firstDifference(got, want))
		}
	}
}

func firstDifference(got, want []string) string {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return fmt.Sprintf("%q is missing at the end", want[i])
		case i >= len(want) || got[i] != want[i]:
			return fmt.Sprintf("number %d is %q", i, got[i])
		}
	}
	return "none"
}

// talker is a person who says numbered messages, with a client that is killed now and then.
type talker struct {
	name, profile string
	random        *rand.Rand
	kills         int // still to come
	confirmed     chan<- struct{}
}

func newTalker(t *testing.T, dir, name string, hub *hubProcess, seed uint64, confirmed chan<- struct{}) *talker {
	t.Helper()
	p := &talker{name: name, profile: filepath.Join(dir, name), random: rand.New(rand.NewPCG(seed, 0)), kills: stormKills, confirmed: confirmed}
	if _, err := p.run("join", hub.address, "--name", name); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *talker) command(args ...string) *exec.Cmd {
	return exec.Command("gossip-cli", append([]string{"--profile", p.profile, "--timeout", "60s"}, args...)...)
}

func (p *talker) run(args ...string) ([]byte, error) {
	cmd := p.command(args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: gossip-cli %s: %w: %s", p.name, strings.Join(args, " "), err, &errs)
	}
	return out, nil
}

func (p *talker) texts() []string {
	texts := make([]string, stormMessages)
	for i := range texts {
		texts[i] = fmt.Sprintf("%s says %d", p.name, i)
	}
	return texts
}

// talk says all messages. After a kill it goes on behind what its own history holds, as the outbox is part of that.
func (p *talker) talk() error {
	for {
		said, err := p.history()
		if err != nil {
			return err
		}
		rest := p.texts()[len(said[p.name]):]
		if len(rest) == 0 {
			return nil
		}
		if err := p.say(rest); err != nil {
			return err
		}
	}
}

// say runs one client until all is confirmed or it has been killed.
func (p *talker) say(texts []string) error {
	killAt := -1
	if p.kills > 0 {
		killAt = min(50+p.random.IntN(100), len(texts))
	}
	cmd := p.command("--retry", "send", "#general", "--lines", "-")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	killed := p.feed(cmd, in, out, texts, killAt)
	if err := cmd.Wait(); err != nil && !killed {
		return fmt.Errorf("%s: send: %w: %s", p.name, err, &errs)
	}
	return nil
}

// feed gives a client its lines, stormWindow ahead of what it confirms, and kills it after killAt of them.
func (p *talker) feed(cmd *exec.Cmd, in io.WriteCloser, out io.Reader, texts []string, killAt int) (killed bool) {
	given := 0
	give := func(upTo int) {
		for ; given < min(upTo, len(texts)); given++ {
			fmt.Fprintln(in, texts[given]) // fails when the client is gone, which Wait tells
		}
		if given == len(texts) {
			in.Close()
		}
	}
	give(stormWindow)
	lines := bufio.NewScanner(out)
	for confirmed := 1; lines.Scan(); confirmed++ {
		p.confirmed <- struct{}{}
		if confirmed == killAt {
			p.kills--
			cmd.Process.Kill()
			killed = true
		}
		give(confirmed + stormWindow)
	}
	in.Close()
	return killed
}

// history returns what everyone has said in #general by this person's profile, in its order.
func (p *talker) history() (map[string][]string, error) {
	out, err := p.run("history", "#general", "--limit", "0", "--json")
	if err != nil {
		return nil, err
	}
	said := map[string][]string{}
	for line := range bytes.Lines(out) {
		var m struct {
			From string `json:"from_name"`
			Text string `json:"text"`
		}
		if err := json.Unmarshal(line, &m); err != nil {
			return nil, err
		}
		if m.Text != "" { // the others are notices, of who joined for one
			said[m.From] = append(said[m.From], m.Text)
		}
	}
	return said, nil
}
