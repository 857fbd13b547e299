package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// environment is a lookup in a map.
func environment(variables map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	}
}

func defaults() Config {
	return Config{
		Host: "127.0.0.1", Port: 1720, Data: "/home/alice/.local/share/gossip-hub", Limits: DefaultLimits(), Turn: "auto", TurnRelayPorts: DefaultTurnPorts(),
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		name   string
		args   string
		env    string
		change func(*Config)
	}{
		{"nothing", "", "", func(*Config) {}},
		{"short", "-h :: -p 0 -k secret -d -l", "", func(c *Config) {
			c.Host, c.Port, c.Password, c.Debug, c.ConnectionLog = "::", 0, "secret", true, true
		}},
		{"long", "--host=hub.example --port=22 --password=secret --debug --connection-log --data=/srv/hub", "", func(c *Config) {
			c.Host, c.Port, c.Password, c.Debug, c.ConnectionLog, c.Data = "hub.example", 22, "secret", true, true, "/srv/hub"
		}},
		{"environment", "", "GOSSIP_HOST=:: GOSSIP_PORT=22 GOSSIP_PASSWORD=secret GOSSIP_DEBUG=1 GOSSIP_CONNECTION_LOG=yes GOSSIP_DATA=/srv/hub", func(c *Config) {
			c.Host, c.Port, c.Password, c.Debug, c.ConnectionLog, c.Data = "::", 22, "secret", true, true, "/srv/hub"
		}},
		{"a flag wins", "-p 23 -k flag", "GOSSIP_PORT=22 GOSSIP_PASSWORD=env", func(c *Config) { c.Port, c.Password = 23, "flag" }},
		{"set but empty", "", "GOSSIP_PORT= GOSSIP_DEBUG= GOSSIP_DATA= GOSSIP_LIMIT_INBOX=", func(*Config) {}},
		{"no is no", "", "GOSSIP_DEBUG=0 GOSSIP_HELP=1", func(*Config) {}},
		{"XDG", "", "XDG_DATA_HOME=/data", func(c *Config) { c.Data = "/data/gossip-hub" }},
		{"relative XDG is ignored", "", "XDG_DATA_HOME=data", func(*Config) {}},
		{"limits", "--limit-retention=1d12h --limit-inbox=64MiB", "GOSSIP_LIMIT_PASSWORDS=5 GOSSIP_LIMIT_RETENTION=1h", func(c *Config) {
			c.Limits.Retention, c.Limits.Inbox, c.Limits.Passwords = 36*time.Hour, 64<<20, 5
		}},
		{"no TURN", "--turn off", "", func(c *Config) { c.Turn = "off" }},
		{"TURN", "--turn=:5000 --turn-public-ip 8.8.8.8 --turn-public-ip=2600::1 --turn-relay-ports 2000-2001 --turn-allow-private --limit-turn-bandwidth 1MiB", "GOSSIP_LIMIT_TURN_ALLOCATIONS=7", func(c *Config) {
			c.Turn, c.TurnPublicIP, c.TurnRelayPorts, c.TurnAllowPrivate = ":5000", publicIPs, PortRange{2000, 2001}, true
			c.Limits.TurnBandwidth, c.Limits.TurnAllocations = 1<<20, 7
		}},
		{"TURN by environment", "", "GOSSIP_TURN=off GOSSIP_TURN_PUBLIC_IP=8.8.8.8,2600::1 GOSSIP_TURN_RELAY_PORTS=2000-2001 GOSSIP_TURN_ALLOW_PRIVATE=1", func(c *Config) {
			c.Turn, c.TurnPublicIP, c.TurnRelayPorts, c.TurnAllowPrivate = "off", publicIPs, PortRange{2000, 2001}, true
		}},
		{"keep nothing", "--limit-retention 0", "", func(c *Config) { c.Limits.Retention = 0 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := defaults()
			tt.change(&want)
			got, err := Parse(strings.Fields(tt.args), environment(variables(tt.env)))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, want)
			}
		})
	}
}

var publicIPs = []netip.Addr{netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("2600::1")}

// TestTurnAddress: by itself TURN listens where the hub does.
func TestTurnAddress(t *testing.T) {
	for _, tt := range []struct {
		config  Config
		address string
		chosen  bool
	}{
		{Config{}, "", false}, {Config{Turn: "off"}, "", false}, {Config{Turn: "auto", Host: "::1", Port: 1720}, "[::1]:3478", false},
		{Config{Turn: "auto", Host: "0.0.0.0"}, "0.0.0.0:0", false}, {Config{Turn: "[::]:5000"}, "[::]:5000", true},
		{Config{Turn: "10.0.0.1"}, "10.0.0.1:3478", true}, {Config{Turn: "::1"}, "[::1]:3478", true}, {Config{Turn: "[::1]"}, "[::1]:3478", true},
	} {
		if address, chosen := tt.config.TurnAddress(); address != tt.address || chosen != tt.chosen {
			t.Errorf("%+v: %q, %v", tt.config, address, chosen)
		}
	}
}

// FuzzPortRange checks that every range that parses writes itself so that it parses to the same.
func FuzzPortRange(f *testing.F) {
	for _, seed := range []string{"49152-65535", "1024-1024", "1-2", "-", "65536-1", "2000-2001-2002", "+2000-3000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var r, again PortRange
		if r.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(r.String())); err != nil || again != r || r.Min < 1024 || r.Max < r.Min {
			t.Errorf("%q is %v, then %v, %v", text, r, again, err)
		}
	})
}

// variables reads NAME=value pairs; everyone is alice.
func variables(pairs string) map[string]string {
	all := map[string]string{"HOME": "/home/alice"}
	for _, pair := range strings.Fields(pairs) {
		name, value, _ := strings.Cut(pair, "=")
		all[name] = value
	}
	return all
}

func TestParseRelativeData(t *testing.T) {
	c, err := Parse([]string{"--data", "here"}, environment(nil))
	if err != nil || !filepath.IsAbs(c.Data) || filepath.Base(c.Data) != "here" {
		t.Fatalf("%q, %v", c.Data, err)
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct{ args, env, want string }{
		{"--bogus", "", "unknown flag --bogus; see gossip-hub --help"},
		{"extra", "", "unexpected argument extra"},
		{"-p many", "", "--port: "},
		{"-p 65536", "", "--port is 65536, but must be from 0 to 65535"},
		{"--port=-1", "", "--port is -1"},
		{"", "GOSSIP_PORT=x", "GOSSIP_PORT: "},
		{"", "GOSSIP_DEBUG=maybe", "GOSSIP_DEBUG: "},
		{"-k", "", "--password needs a value"},
		{"-h a:b", "", `--host "a:b" is not an address`},
		{"-h [::1]", "", `--host "[::1]" is not an address`},
		{"--host=", "", "--host is empty"},
		{"--limit-inbox 5x", "", `"5x" is not a size: write it like 50MB or 64MiB`},
		{"", "GOSSIP_LIMIT_INBOX=5x", "GOSSIP_LIMIT_INBOX: \"5x\" is not a size"},
		{"--limit-retention soon", "", `"soon" is not a time`},
		{"--limit-retention=-1h", "", "--limit-retention is -1h0m0s, but must be from 0s to 3650d"},
		{"--turn nowhere:port", "", "--turn \"nowhere:port\" is not an address"},
		{"--turn-public-ip here", "", "--turn-public-ip"},
		{"--turn-public-ip 0.0.0.0", "", "no address that others could reach"},
		{"--turn-public-ip ff02::1", "", "no address that others could reach"},
		{"", "GOSSIP_TURN_PUBLIC_IP=1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4,1.1.1.5", "too often"},
		{"--turn-relay-ports 5", "", "is not a range of ports"},
		{"--turn-relay-ports 3000-2000", "", "is not a range of ports"},
		{"--turn-relay-ports 80-90", "", "is not a range of ports"},
		{"", "GOSSIP_TURN_RELAY_PORTS=2000-99999", "GOSSIP_TURN_RELAY_PORTS: "},
		{"--limit-turn-bandwidth 1B", "", "--limit-turn-bandwidth is 1B, but must be from 10kB"},
		{"--limit-turn-allocations 0", "", "--limit-turn-allocations is 0"},
		{"--limit-call-devices 65", "", "--limit-call-devices is 65, but must be from 1 to 64"},
		{"--limit-passwords 0", "", "--limit-passwords is 0, but must be from 1 to 10000000"},
		{"--limit-inbox 1B", "", "--limit-inbox is 1B, but must be from 1MiB to 1024GiB"},
		{"--limit-name-bytes 65", "", "--limit-name-bytes is 65, but must be from 1 to 64"},
		{"--limit-packets-per-second NaN", "", "--limit-packets-per-second is NaN"},
		{"--limit-password-delay 2m", "", "--limit-password-delay-max is 1m0s, but must be from 2m0s"},
		{"", "HOME=", "name a folder with --data or GOSSIP_DATA"},
	}
	for _, tt := range tests {
		t.Run(tt.args+tt.env, func(t *testing.T) {
			c, err := Parse(strings.Fields(tt.args), environment(variables(tt.env)))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
			if !reflect.DeepEqual(c, Config{}) {
				t.Errorf("a config came with the error: %+v", c)
			}
		})
	}
	for password, want := range map[string]string{"secret\n": "line break", strings.Repeat("x", 1025): "1025 bytes"} {
		_, err := Parse(nil, environment(map[string]string{"GOSSIP_PASSWORD": password, "HOME": "/"}))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), password) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestHelp(t *testing.T) {
	if _, err := Parse([]string{"-d", "--help"}, environment(nil)); !errors.Is(err, ErrHelp) {
		t.Fatalf("%v", err)
	}
	var out bytes.Buffer
	if err := Usage(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"-h, --host", "-p, --port", "-k, --password", "-d, --debug", "-l, --connection-log", "--data", "default 90d", "$GOSSIP_LIMIT_CONNECTIONS_PER_ADDRESS"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the help does not mention %q:\n%s", want, &out)
		}
	}
	flags := strings.Count(out.String(), "--limit-")
	if want := reflect.TypeFor[Limits]().NumField(); flags != want {
		t.Errorf("the help shows %d limits, want %d", flags, want)
	}
}

// TestPasswordIsHidden writes a Config in every way that a program might, even an unwise one.
func TestPasswordIsHidden(t *testing.T) {
	const secret = "tomato"
	c, err := Parse([]string{"-k", secret}, environment(variables("")))
	if err != nil || c.Password != secret {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, log := range []*slog.Logger{slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))} {
		log.Info("config", "config", c, "password", c.Password, "pointer", &c)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(text)
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		fmt.Fprintf(&out, format, c)
		fmt.Fprintf(&out, format, c.Password)
	}
	fmt.Fprint(&out, errorOf([]string{"-k", "-" + secret}))
	if strings.Contains(out.String(), secret) || !strings.Contains(out.String(), redacted) {
		t.Errorf("the password shows:\n%s", &out)
	}
}

func errorOf(args []string) error {
	_, err := Parse(args, environment(variables("")))
	return err
}

func TestAddress(t *testing.T) {
	if got := (Config{Host: "::1", Port: 1720}).Address(); got != "[::1]:1720" {
		t.Error(got)
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{"0": 0, "10s": 10 * time.Second, "90d": 90 * day, "1d12h": 36 * time.Hour, "1.5h": 90 * time.Minute} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "-1d", "1d-1h", "1d24h", "1dx", "70000d", "5", "1h1d", "1.5d"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

// FuzzBytes checks that every size that parses writes itself in a form that parses to the same.
func FuzzBytes(f *testing.F) {
	for _, seed := range []string{"0", "1", "50MB", "64MiB", "1GiB", "7kB", "7KB", "9223372036854775807", "9223372036854775808", "-1", "1 MB", "MB", "9e3", "8589934592GiB"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var b, again Bytes
		if b.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(b.String())); err != nil || b < 0 || again != b {
			t.Errorf("%q is %d bytes, written %q, which is %d, %v", text, b, b.String(), again, err)
		}
	})
}

// FuzzChannels checks that no list of channels is too strange to read, and that all names in it are normal.
func FuzzChannels(f *testing.F) {
	f.Add(newChannelsFile)
	f.Add("#a\n//\n\n a // b\r\na\n\x00\n\u202e")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		write(t, dir, ChannelsFile, text)
		l := loader{dir: dir}
		names := l.channels()
		if len(names)+len(l.warnings) > strings.Count(text, "\n")+1 {
			t.Errorf("%d channels and %d warnings from %q", len(names), len(l.warnings), text)
		}
	})
}
