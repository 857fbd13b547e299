package sshd

import (
	"time"

	"golang.org/x/crypto/ssh"
)

// noCommands is what a stock SSH client is told.
const noCommands = "This is a Gossip hub. It takes no commands: connect with the Gossip app.\r\n"

// sessionTime is how long a stock client may take to ask for its command or shell.
const sessionTime = 5 * time.Second

// refuseCommand answers a stock SSH client (RFC 4254 section 6) in one line and ends the connection. A terminal, an
// agent, X11 and variables are refused on the way.
func (c *connection) refuseCommand(asked ssh.NewChannel) {
	defer c.Close()
	channel, requests, err := asked.Accept()
	if err != nil {
		return
	}
	late := time.NewTimer(sessionTime)
	defer late.Stop()
	for {
		select {
		case request, open := <-requests:
			if !open {
				return
			}
			if request.Type != "exec" && request.Type != "shell" && request.Type != "subsystem" {
				request.Reply(false, nil)
				continue
			}
			request.Reply(true, nil)
			channel.Stderr().Write([]byte(noCommands))
			channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{1}))
			channel.Close()
			awaitClose(requests, late.C)
			return
		case <-late.C:
			return
		}
	}
}

// awaitClose waits until the client has closed the channel too, so that it has read what it was told.
func awaitClose(requests <-chan *ssh.Request, late <-chan time.Time) {
	for {
		select {
		case request, open := <-requests:
			if !open {
				return
			}
			request.Reply(false, nil)
		case <-late:
			return
		}
	}
}
