package main

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// globals are the flags that every command takes.
type globals struct {
	Profile string        `placeholder:"DIR" env:"GOSSIP_PROFILE" help:"Folder of the profile; by itself the app's own, $$XDG_DATA_HOME/gossip or ~/.local/share/gossip."`
	JSON    bool          `name:"json" help:"Print results as JSON, one object a line; errors too, on standard error."`
	Hub     string        `placeholder:"HUB" help:"Which hub, by its address, name or id; needed where the profile has joined several."`
	Timeout time.Duration `default:"30s" placeholder:"TIME" help:"How long to wait for an answer."`
	Retry   bool          `help:"Keep trying to reach the hub until the timeout, where by itself one refused connection is an answer."`
	Verbose bool          `short:"v" help:"Log to standard error what the client does, never what people say."`
}

// commandLine is all that can be said on the command line.
type commandLine struct {
	globals `embed:""`

	Join        joinCommand        `cmd:"" help:"Join a hub, or a channel of it."`
	Send        sendCommand        `cmd:"" help:"Send a message and wait until the hub has it on disk."`
	Listen      listenCommand      `cmd:"" help:"Print what happens, one JSON object a line."`
	History     historyCommand     `cmd:"" help:"Print the messages of a conversation, the oldest first."`
	Channels    channelsCommand    `cmd:"" help:"List the hub's channels."`
	Create      createCommand      `cmd:"" help:"Create a channel."`
	Invite      inviteCommand      `cmd:"" help:"Invite somebody to a channel."`
	Leave       leaveCommand       `cmd:"" help:"Leave a channel, or a hub."`
	Who         whoCommand         `cmd:"" help:"List the people of the hub, or of a channel."`
	Status      statusCommand      `cmd:"" help:"Say who this profile is, which hubs it has joined and what waits to be sent."`
	Sync        syncCommand        `cmd:"" help:"Send what waits in the outbox, fetch what waits at the hub, and leave."`
	Card        cardCommand        `cmd:"" help:"Print this profile's OpenPGP certificate, armored."`
	Fingerprint fingerprintCommand `cmd:"" help:"Print this profile's fingerprint, or the safety number with somebody."`
	Phrase      phraseCommand      `cmd:"" help:"Print the 24 words that bring this identity back."`
	Call        callCommand        `cmd:"" help:"Call somebody, and print how good the connection was."`
	Echo        echoCommand        `cmd:"" help:"Answer each direct message with the same text, and each call with its own sound and picture, until interrupted."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

const description = `Gossip without a window: private conversations for scripts.

Examples:

  gossip-cli join hub.example.org --name alice
  gossip-cli send '#general' 'Good morning'
  gossip-cli send @bob --expires 30s --wait read 'The code is 4711'
  seq 1000 | gossip-cli send '#load' --lines -
  gossip-cli listen --count 1 --for 30s
  gossip-cli call @Echo --wav hello.wav --record answer.wav --seconds 5
  gossip-cli phrase | gossip-cli --profile /tmp/second join hub.example.org --name alice --phrase -

Environment: GOSSIP_PROFILE (folder of the profile), GOSSIP_PASSWORD (the hub's password; better than the flag, which
other users of this machine can read), GOSSIP_PASSPHRASE (opens a profile that is kept under a passphrase, and keeps a new
one so; without it the key of a new profile is a file in its folder).

One process at a time may use a profile.

Exit codes: ` + exitHelp + `.`

func newParser(line *commandLine, stdout, stderr io.Writer) (*kong.Kong, error) {
	return kong.New(line,
		kong.Name("gossip-cli"),
		kong.Description(description),
		kong.Writers(stdout, stderr),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), kong.MapperFunc(mapDuration)),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}),
	)
}

func mapDuration(c *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := c.Scan.PopValueInto("time", &text); err != nil {
		return err
	}
	d, err := parseDuration(text)
	target.SetInt(int64(d))
	return err
}

// parseDuration reads what time.ParseDuration reads, and whole days and weeks: 1d, 4w.
func parseDuration(text string) (time.Duration, error) {
	const day = 24 * time.Hour
	d, err := time.ParseDuration(text)
	for unit, length := range map[string]time.Duration{"d": day, "w": 7 * day} {
		if number, ok := strings.CutSuffix(text, unit); ok {
			var n uint64
			n, err = strconv.ParseUint(number, 10, 13)
			d = time.Duration(n) * length
		}
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a time: write it like 30s, 5m, 8h, 1d or 4w", text)
	}
	return d, nil
}
