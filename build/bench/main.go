// Command bench measures the programs from outside, as the kernel counts what their processes take: a hub with real devices
// that are connected over loopback TCP, or, with -calls, the participants of a call in a channel.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// options are what the command line says.
type options struct {
	hub     string        // path of the program
	cli     string        // path of the client's
	calls   bool          // are measured in the place of the hub
	work    string        // folder for data and made identities
	only    string        // comma-separated names of measurements; empty: all
	runs    int           // of each measurement; the median counts
	length  time.Duration // of one run of a load
	senders int
	window  int // packets of one sender that may be unacknowledged when saturating
}

func main() {
	log.SetFlags(log.Ltime)
	var o options
	flag.StringVar(&o.hub, "hub", "build/bin/gossip-hub", "the hub's program")
	flag.StringVar(&o.cli, "cli", "build/bin/gossip-cli", "the client's program, for calls")
	flag.BoolVar(&o.calls, "calls", false, "measure calls instead of the hub; -length is then best a minute")
	flag.StringVar(&o.work, "work", filepath.Join(os.TempDir(), "gossip-bench"), "folder for the hub's data and the made identities")
	flag.StringVar(&o.only, "only", "", "measure only these, separated by commas: "+strings.Join(names(slices.Concat(measurements, callSizes)), ", "))
	flag.IntVar(&o.runs, "runs", 3, "runs of each measurement, whose median is reported")
	flag.DurationVar(&o.length, "length", 12*time.Second, "length of one run of a load")
	flag.IntVar(&o.senders, "senders", 10, "members that send")
	flag.IntVar(&o.window, "window", 8, "packets of one sender that may be unacknowledged when saturating")
	flag.Parse()
	if err := run(o); err != nil {
		log.Fatal(err)
	}
}

// measurement is one line of the report.
type measurement struct {
	name    string
	measure func(*bench) ([]figure, error)
}

// figure is one measured number. Of several runs the median is reported.
type figure struct {
	what, unit string
	value      float64
	aim        float64 // the value is to be at most this; 0: there is no aim
}

var measurements = []measurement{
	{"logins", (*bench).logins},
	{"saturated-100", func(b *bench) ([]figure, error) { return b.load(100, 0) }},
	{"saturated-1000", func(b *bench) ([]figure, error) { return b.load(1000, 0) }},
	{"paced-100", func(b *bench) ([]figure, error) { return b.load(100, 20_000) }},
	{"paced-1000", func(b *bench) ([]figure, error) { return b.load(1000, 20_000) }},
	{"idle-1000", func(b *bench) ([]figure, error) { return b.idle(1000) }},
	{"idle-5000", func(b *bench) ([]figure, error) { return b.idle(5000) }},
}

func names(of []measurement) (all []string) {
	for _, m := range of {
		all = append(all, m.name)
	}
	return all
}

// bench is one run of the command.
type bench struct {
	options
	people []*person
}

func run(o options) error {
	if err := os.MkdirAll(o.work, 0o700); err != nil {
		return err
	}
	b := &bench{options: o}
	fmt.Println(machine())
	fmt.Printf("\n| %-58s | %10s | %10s | %-18s |\n|%s|%s:|%s:|%s|\n", "figure", "median", "aim", "runs",
		strings.Repeat("-", 60), strings.Repeat("-", 11), strings.Repeat("-", 11), strings.Repeat("-", 20))
	chosen := measurements
	if o.calls {
		chosen = callSizes
	}
	for _, m := range chosen {
		if o.only != "" && !slices.Contains(strings.Split(o.only, ","), m.name) {
			continue
		}
		if err := b.repeat(m); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}

// repeat makes the runs of one measurement and prints the medians.
func (b *bench) repeat(m measurement) error {
	var all [][]figure
	for range b.runs {
		figures, err := m.measure(b)
		if err != nil {
			return err
		}
		all = append(all, figures)
	}
	for i, f := range all[0] {
		var values []float64
		for _, figures := range all {
			values = append(values, figures[i].value)
		}
		printRow(f, values)
	}
	return nil
}

func printRow(f figure, values []float64) {
	var runs []string
	for _, v := range values {
		runs = append(runs, number(v))
	}
	slices.Sort(values)
	aim := ""
	if f.aim > 0 {
		aim = number(f.aim)
	}
	fmt.Printf("| %-58s | %10s | %10s | %-18s |\n", f.what+", "+f.unit, number(values[len(values)/2]), aim, strings.Join(runs, " "))
}

// number writes three significant digits.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
