package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"gossip/backend"
	"gossip/common/id"
)

// Bounds of what is read from standard input and not confirmed yet.
const (
	longestText    = 1 << 20 // bytes; what fits into a message is for the backend to say
	maxUnconfirmed = 4096
	localPatience  = 2 * time.Second // for what needs no hub
)

type sendCommand struct {
	To      string        `arg:"" help:"'#channel', @user, or the conversation's key as listen prints it."`
	Text    string        `arg:"" help:"The text, in Markdown; - reads it from standard input."`
	Lines   bool          `help:"With -: each line of standard input is a message."`
	Expires time.Duration `placeholder:"TIME" help:"Let the message disappear: 30s, 5m, 1h, 8h, 1d, 1w or 4w after it was sent or read."`
	Wait    string        `enum:"sent,delivered,read" default:"sent" placeholder:"STATE" help:"Wait until the message is sent (the hub has it on disk), or delivered or read: by all in the conversation, once they know you."`
}

// Help is printed by --help below the command's first line.
func (sendCommand) Help() string {
	return `Prints the message's id when the hub has it on disk, one a line with --lines. A message that can't go now stays in the outbox
and goes with the next connection; the exit code is then 3.

  gossip-cli send @bob 'See you at **eight**'
  gossip-cli send '#logs' - < report.md
  tail -f events | gossip-cli send '#logs' --lines -`
}

// Run sends and waits.
func (c *sendCommand) Run(ctx context.Context, a *app) error {
	texts, err := c.texts(a.stdin)
	if err != nil {
		return err
	}
	return a.online(ctx, func(s *session) error {
		d := delivery{session: s, to: c.To, expires: c.Expires, until: backend.State(c.Wait)}
		return d.run(ctx, texts)
	})
}

// input is the messages to send; err is to be read when texts is closed.
type input struct {
	texts chan string
	err   error
}

// texts returns the messages that the command line and standard input hold.
func (c *sendCommand) texts(stdin io.Reader) (*input, error) {
	if c.Lines {
		if c.Text != "-" {
			return nil, fail(exitUsage, "--lines reads standard input: give - as the text")
		}
		in := &input{texts: make(chan string)}
		go in.read(stdin) // not waited for: nothing can interrupt a read of standard input
		return in, nil
	}
	text := c.Text
	if text == "-" {
		all, err := io.ReadAll(io.LimitReader(stdin, longestText))
		if err != nil {
			return nil, err
		}
		text = strings.TrimRight(string(all), "\r\n")
	}
	if strings.TrimSpace(text) == "" {
		return nil, fail(exitUsage, "there is nothing to send: the text is empty")
	}
	in := &input{texts: make(chan string, 1)}
	in.texts <- text
	close(in.texts)
	return in, nil
}

// read sends each line that is not empty.
func (in *input) read(stdin io.Reader) {
	defer close(in.texts)
	scanner := bufio.NewScanner(stdin)
	scanner.Buffer(nil, longestText)
	for scanner.Scan() {
		if strings.TrimSpace(scanner.Text()) != "" {
			in.texts <- scanner.Text()
		}
	}
	in.err = scanner.Err()
}

// delivery is one run of send: messages go into the outbox as they come, and are confirmed behind that, in order.
type delivery struct {
	*session
	to      string
	expires time.Duration
	until   backend.State

	conversation backend.Conversation
	away         error // why the hub can't be reached; nil when it can
}

func (d *delivery) run(ctx context.Context, in *input) error {
	if err := d.address(ctx); err != nil {
		return err
	}
	group, work := errgroup.WithContext(ctx)
	sent := make(chan id.MessageID, maxUnconfirmed)
	group.Go(func() error {
		defer close(sent)
		return d.queue(work, in, sent)
	})
	group.Go(func() error { return d.confirm(work, sent) })
	err := group.Wait()
	if err == nil {
		err = d.away
	}
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) {
		err = fail(exitInterrupted, "interrupted")
	}
	return d.kept(err)
}

// kept adds to an error how many messages wait in the outbox, where any do.
func (d *delivery) kept(err error) error {
	waiting, unread := d.waiting()
	switch {
	case unread != nil:
		return errors.Join(err, unread)
	case waiting == 0:
		return err
	case waiting == 1:
		return fail(exitCode(err), "%w; the message is kept in the outbox and will go with the next connection", err)
	}
	return fail(exitCode(err), "%w; %d messages are kept in the outbox and will go with the next connection", err, waiting)
}

// address finds the conversation: where it is known here without the hub, so that a message is safe in the outbox at once.
func (d *delivery) address(ctx context.Context) (err error) {
	if _, err := d.hubOf(d.to); err != nil {
		return err
	}
	if d.conversation, err = d.resolve(ctx, d.to); !unknown(err) {
		return err
	}
	if _, err := d.ready(ctx, d.to); err != nil {
		return fail(exitCode(err), "%w; %s is not known here yet, so nothing was kept", err, d.to)
	}
	d.calm(ctx)
	ctx, cancel := context.WithTimeout(ctx, d.app.flags.Timeout)
	defer cancel()
	d.conversation, err = d.resolve(ctx, d.to)
	return err
}

// queue puts the messages into the outbox, which is on disk.
func (d *delivery) queue(ctx context.Context, in *input, sent chan<- id.MessageID) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case text, more := <-in.texts:
			if !more {
				return in.err
			}
			message, err := d.Send(d.conversation, backend.Draft{Text: text, ExpiresIn: d.expires})
			if err != nil {
				return err
			}
			select {
			case sent <- message:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// confirm waits for each message in turn, at most the timeout without any progress, and prints it.
func (d *delivery) confirm(ctx context.Context, sent <-chan id.MessageID) error {
	if _, err := d.ready(ctx, d.to); exitCode(err) == exitUnreachable {
		d.away = err
	} else if err != nil {
		return err
	}
	for message := range sent {
		if d.away != nil {
			continue
		}
		if err := d.reach(ctx, message, d.until); err != nil {
			return err
		}
		shown, err := d.Message(d.conversation, message)
		if err != nil {
			return err
		}
		if err := d.app.print(shown, shown.ID); err != nil {
			return err
		}
	}
	return nil
}

func (d *delivery) reach(ctx context.Context, message id.MessageID, until backend.State) error {
	limit, cancel := context.WithTimeout(ctx, d.app.flags.Timeout)
	defer cancel()
	err := d.WaitFor(limit, d.conversation, message, until)
	switch {
	case err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
		return err
	}
	if done, away := d.state(d.conversation.Hub.String()); away != nil || !done {
		return d.overdue(limit, d.conversation.Hub.String())
	}
	shown, err := d.Message(d.conversation, message)
	if err != nil {
		return err
	}
	if shown.State != backend.Queued {
		return fail(exitTimeout, "the message is %s, but not %s within %v; wait longer with --timeout", shown.State, until, d.app.flags.Timeout)
	}
	return fail(exitTimeout, "the hub has not confirmed the message within %v", d.app.flags.Timeout)
}
