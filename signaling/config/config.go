// Package config is everything that a hub is told: flags, their environment variables, and the files in its data folder.
package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// environmentPrefix stands before a flag's name, in upper case with '_' for '-', in its environment variable.
const environmentPrefix = "GOSSIP_"

// maxPassword is how many bytes of password the protocol carries.
const maxPassword = 1024

// ErrHelp is returned by Parse when --help is among the arguments: print Usage and leave.
var ErrHelp = errors.New("help was asked for")

// Config is what flags and environment say. The files in Data are read by LoadFiles.
type Config struct {
	Host             string       `short:"h" default:"127.0.0.1" placeholder:"ADDRESS" help:"Address to listen on; 0.0.0.0 or :: is every one of this machine's."`
	Port             int          `short:"p" default:"1720" placeholder:"PORT" help:"TCP port to listen on; 0 takes a free one."`
	Password         Password     `short:"k" placeholder:"PASSWORD" help:"Password of the hub; empty lets everyone in. Prefer the environment variable: other users of this machine can read a flag."`
	Debug            bool         `short:"d" help:"Log what the hub does in detail, never what people say."`
	ConnectionLog    bool         `short:"l" help:"Log connections as they come and go."`
	Data             string       `placeholder:"FOLDER" help:"Folder of the hub's files; by itself $$XDG_DATA_HOME/gossip-hub or ~/.local/share/gossip-hub."`
	Turn             string       `default:"auto" placeholder:"off|ADDRESS" help:"Where STUN and TURN listen, for calls between people behind NATs: UDP and TCP; auto is port 3478 of the hub's address; off offers none."`
	TurnPublicIP     []netip.Addr `name:"turn-public-ip" placeholder:"IP" help:"Address under which others reach this machine, where it is behind a NAT; one for IPv4, one for IPv6."`
	TurnRelayPorts   PortRange    `default:"49152-65535" placeholder:"MIN-MAX" help:"UDP ports of the relays."`
	TurnAllowPrivate bool         `help:"Relay to private addresses and to this machine too: whoever may call can then send UDP to everything in your network."`
	Limits           Limits       `embed:"" prefix:"limit-"`
}

// Password is a hub's password. It never shows in text, logs or JSON.
type Password string

const redacted = "(hidden)"

// String says only whether there is a password.
func (p Password) String() string {
	if p == "" {
		return ""
	}
	return redacted
}

// GoString keeps the password out of %#v.
func (p Password) GoString() string { return strconv.Quote(p.String()) }

// LogValue keeps the password out of logs.
func (p Password) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalText keeps the password out of JSON.
func (p Password) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Address returns the host and port to listen on, as net.Listen takes them.
func (c Config) Address() string {
	return net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
}

// Parse reads the arguments (without the program's name) and, where a flag is not among them, its environment
// variable through lookup (os.LookupEnv; empty is as not set). It touches no file. An error is a sentence for the operator, or ErrHelp.
func Parse(args []string, lookup func(string) (string, bool)) (Config, error) {
	var line commandLine
	parser, err := newParser(&line, lookup)
	if err != nil {
		return Config{}, err
	}
	if slices.Contains(args, "--help") {
		return Config{}, ErrHelp
	}
	if _, err := parser.Parse(args); err != nil {
		return Config{}, explain(err)
	}
	c := line.Config
	if c.Data == "" {
		c.Data, err = defaultData(lookup)
	} else {
		c.Data, err = filepath.Abs(c.Data)
	}
	if err == nil {
		err = c.validate()
	}
	if err != nil {
		return Config{}, err
	}
	return c, nil
}

// explain keeps a password that looks like a flag out of the error.
func explain(err error) error {
	if strings.HasPrefix(err.Error(), "--password") {
		return errors.New("--password needs a value: write --password=VALUE, or better set GOSSIP_PASSWORD")
	}
	return fmt.Errorf("%w; see gossip-hub --help", err)
}

// Usage prints all flags with their defaults and environment variables.
func Usage(w io.Writer) error {
	var line commandLine
	parser, err := newParser(&line, func(string) (string, bool) { return "", false })
	if err != nil {
		return err
	}
	parser.Stdout = w
	ctx, err := kong.Trace(parser, nil)
	if err != nil {
		return err
	}
	return ctx.PrintUsage(false)
}

// commandLine is Config and what is only for the command line.
type commandLine struct {
	Config `embed:""`
	Help   bool `help:"Show this."`
}

func newParser(line *commandLine, lookup func(string) (string, bool)) (*kong.Kong, error) {
	return kong.New(line,
		kong.Name("gossip-hub"),
		kong.Description("The signaling server of Gossip: it carries what it cannot read."),
		kong.NoDefaultHelp(), // its -h is the host here
		kong.TypeMapper(reflect.TypeFor[time.Duration](), kong.MapperFunc(mapDuration)),
		kong.TypeMapper(reflect.TypeFor[Bytes](), kong.MapperFunc(mapBytes)),
		kong.ConfigureHelp(kong.HelpOptions{WrapUpperBound: 100}),
		kong.ValueFormatter(helpOf),
		kong.Resolvers(kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
			value, ok := lookup(variableOf(flag.Name))
			if !ok || value == "" || flag.Name == "help" {
				return nil, nil
			}
			if err := tryValue(flag, value); err != nil {
				return nil, fmt.Errorf("%s: %w", variableOf(flag.Name), err)
			}
			return value, nil
		})),
	)
}

// tryValue parses a value into nothing, so that its error can name the environment variable that it came from.
func tryValue(flag *kong.Flag, value string) error {
	target := reflect.New(flag.Target.Type()).Elem()
	return flag.Mapper.Decode(&kong.DecodeContext{Value: flag.Value, Scan: kong.ScanFromTokens(kong.Token{Type: kong.FlagValueToken, Value: value})}, target)
}

func variableOf(flag string) string {
	return environmentPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func helpOf(value *kong.Value) string {
	if value.Flag == nil || value.Name == "help" {
		return value.Help
	}
	notes := "$" + variableOf(value.Name)
	if value.Default != "" {
		notes = "default " + value.Default + ", " + notes
	}
	return strings.TrimSuffix(value.Help, ".") + " (" + notes + ")."
}

// defaultData follows the XDG base directory specification, by which a relative path is to be ignored.
func defaultData(lookup func(string) (string, bool)) (string, error) {
	if data, _ := lookup("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "gossip-hub"), nil
	}
	if home, _ := lookup("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "share", "gossip-hub"), nil
	}
	if home, _ := lookup("USERPROFILE"); filepath.IsAbs(home) { // Windows
		return filepath.Join(home, ".local", "share", "gossip-hub"), nil
	}
	return "", errors.New("there is no home folder to keep the hub's files in: name a folder with --data or GOSSIP_DATA")
}

func (c Config) validate() error {
	if c.Host == "" {
		return errors.New("--host is empty: give an address of this machine, or 0.0.0.0 for every one")
	}
	if strings.ContainsAny(c.Host, " /[]") || strings.Contains(c.Host, ":") && net.ParseIP(c.Host) == nil {
		return fmt.Errorf("--host %q is not an address: give only the address here and the port with --port", c.Host)
	}
	if c.Port < 0 || c.Port > 65535 {
		return fmt.Errorf("--port is %d, but must be from 0 to 65535", c.Port)
	}
	if len(c.Password) > maxPassword {
		return fmt.Errorf("the password has %d bytes: use at most %d", len(c.Password), maxPassword)
	}
	if strings.ContainsAny(string(c.Password), "\r\n\x00") {
		return errors.New("the password holds a line break, which nobody can type: is there one at the end of GOSSIP_PASSWORD?")
	}
	if err := c.validateTurn(); err != nil {
		return err
	}
	return c.Limits.Validate()
}
