package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	callSettle = 8 * time.Second  // for bitrates to rise, and the echo of the start to die away
	callBegin  = 60 * time.Second // that a participant may take to be connected with the first of the others
	video360p  = "test:640x360"
)

// callSizes are the meshes that are measured.
var callSizes = []measurement{
	{"video-2", func(b *bench) ([]figure, error) { return b.call(2, video360p, direct) }},
	{"video-3", func(b *bench) ([]figure, error) { return b.call(3, video360p, direct) }},
	{"video-4", func(b *bench) ([]figure, error) { return b.call(4, video360p, direct) }},
	{"relay-4", func(b *bench) ([]figure, error) { return b.call(4, video360p, relay) }},
	{"voice-2", func(b *bench) ([]figure, error) { return b.call(2, "", direct) }},
	{"voice-4", func(b *bench) ([]figure, error) { return b.call(4, "", direct) }},
	{"voice-8", func(b *bench) ([]figure, error) { return b.call(8, "", direct) }},
}

// The ways that packets go, as gossip-cli names them. Strangers in a channel hide their addresses from each other where
// the hub relays.
const (
	direct = "direct"
	relay  = "relay"
)

// participant is a gossip-cli in a call, and what it prints at its end.
type participant struct {
	process
	said   *bufio.Scanner
	result struct {
		Trouble      string
		Sources      int
		Encoders     int
		Participants []struct {
			Frames, Packets, Samples, Concealed int
			Path                                string
		}
	}
}

// call has so many participants talk in one channel, each a process with a tone for a voice and a picture that moves, and
// tells what one of them takes. Pictures are encoded and carried, and not decoded: the window does that.
func (b *bench) call(size int, video, path string) (figures []figure, err error) {
	flags := []string{"--turn", "off"}
	if path == relay {
		flags = []string{"--turn", "auto", "--turn-allow-private"}
	}
	hub, err := b.startHub(flags...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, hub.stop()) }()
	people := make([]*participant, size)
	defer func() { err = errors.Join(err, leave(people)) }()
	for i := range people {
		if people[i], err = b.participant(hub, i, video); err != nil {
			return nil, err
		}
	}
	if err := connected(people); err != nil {
		return nil, err
	}
	time.Sleep(callSettle)
	cpu, err := spent(people, b.length)
	if err != nil {
		return nil, err
	}
	if err := hangUp(people); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("one of %d, voice", size)
	if video != "" {
		name = fmt.Sprintf("one of %d, 360p, %s", size, path)
	}
	if err := complete(people, path); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return summary(name, people, cpu, video != "", b.length), nil
}

// participant joins the hub with a new profile and calls.
func (b *bench) participant(hub *process, number int, video string) (*participant, error) {
	profile := filepath.Join(hub.data, fmt.Sprintf("participant-%d", number))
	join := exec.Command(b.cli, "--profile", profile, "join", hub.address, "--name", fmt.Sprintf("P%d", number))
	if out, err := join.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("join: %w: %s", err, out)
	}
	args := []string{"--profile", profile, "--json", "call", "#general", "--wav", "test", "--record", os.DevNull}
	if video != "" {
		args = append(args, "--video", video)
	}
	p := &participant{process: process{command: exec.Command(b.cli, args...)}}
	output, err := p.command.StderrPipe()
	if err != nil {
		return nil, err
	}
	p.said = bufio.NewScanner(output)
	printed, err := os.Create(profile + ".json")
	if err != nil {
		return nil, err
	}
	p.command.Stdout, p.data = printed, printed.Name()
	return p, errors.Join(p.command.Start(), printed.Close())
}

// connected waits until everybody is.
func connected(people []*participant) error {
	late := time.AfterFunc(callBegin, func() {
		for _, p := range people {
			p.command.Process.Kill() // its output ends, and with it the wait for a word
		}
	})
	defer late.Stop()
	for _, p := range people {
		told := []string{}
		for p.said.Scan() && !p.says("connected;") {
			told = append(told, p.said.Text())
		}
		if !p.says("connected;") {
			return fmt.Errorf("not connected: %s", strings.Join(told, "; "))
		}
	}
	return nil
}

// says reports what stands in the last line.
func (p *participant) says(word string) bool { return strings.Contains(p.said.Text(), word) }

// spent is the CPU time that each takes within so long.
func spent(people []*participant, length time.Duration) ([]time.Duration, error) {
	total := make([]time.Duration, len(people))
	for i, p := range people {
		before, err := p.cpu()
		if err != nil {
			return nil, err
		}
		total[i] = -before
	}
	time.Sleep(length)
	for i, p := range people {
		after, err := p.cpu()
		if err != nil {
			return nil, fmt.Errorf("a participant has gone: %w", err)
		}
		total[i] += after
	}
	return total, nil
}

// hangUp ends all at once and reads what they print.
func hangUp(people []*participant) error {
	var all sync.WaitGroup
	failures := make([]error, len(people))
	for i, p := range people {
		all.Go(func() { failures[i] = p.hangUp() })
	}
	all.Wait()
	return errors.Join(failures...)
}

func (p *participant) hangUp() error {
	if err := p.command.Process.Signal(syscall.SIGINT); err != nil {
		return err
	}
	for p.said.Scan() {
	}
	if err := p.command.Wait(); err != nil {
		return err
	}
	printed, err := os.ReadFile(p.data)
	if err != nil {
		return err
	}
	return json.Unmarshal(printed, &p.result)
}

// leave ends those who are left when something failed.
func leave(people []*participant) error {
	for _, p := range people {
		if p != nil && p.command.ProcessState == nil {
			p.command.Process.Kill()
			p.command.Wait()
		}
	}
	return nil
}

// complete judges whether everything came that should. A call in which something did not is no measurement.
func complete(people []*participant, path string) error {
	for _, p := range people {
		r := p.result
		switch {
		case len(r.Participants) != len(people)-1 || r.Trouble != "":
			return fmt.Errorf("heard %d others, %q", len(r.Participants), r.Trouble)
		case r.Encoders != r.Sources:
			return fmt.Errorf("%d encoders for %d sources", r.Encoders, r.Sources)
		}
		for _, other := range r.Participants {
			if other.Path != path {
				return fmt.Errorf("by way of %q, not %q", other.Path, path)
			}
		}
	}
	return nil
}

// summary says what the one in the middle took, and what came of it.
func summary(name string, people []*participant, cpu []time.Duration, video bool, length time.Duration) []figure {
	frames, concealed, samples := 0, 0, 0
	for _, p := range people {
		for _, other := range p.result.Participants {
			frames, concealed, samples = frames+other.Frames, concealed+other.Concealed, samples+other.Samples
		}
	}
	middle := slices.Sorted(slices.Values(cpu))[len(cpu)/2]
	figures := []figure{
		{what: name + ", CPU a minute of call", unit: "s", value: middle.Seconds() * float64(time.Minute) / float64(length)},
		{what: name + ", encoders", unit: "one a source", value: float64(people[0].result.Encoders)},
		{what: name + ", sound made up", unit: "%", value: 100 * float64(concealed) / float64(max(samples, 1))},
	}
	if video {
		seconds := float64(samples) / 48000
		figures = append(figures, figure{what: name + ", pictures from each other", unit: "a second", value: float64(frames) / seconds})
	}
	return figures
}
