package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"gossip/backend"
)

// hub returns the hub that --hub names, or the only one.
func (s *session) hub() (backend.Hub, error) { return s.app.chooseHub(s.Client, s.app.flags.Hub) }

// chooseHub finds a joined hub by address, name or id; with no name, the only one.
func (a *app) chooseHub(client *backend.Client, name string) (backend.Hub, error) {
	hubs := client.Hubs()
	if name == "" && len(hubs) == 1 {
		return hubs[0], nil
	}
	var known []string
	for _, hub := range hubs {
		host, _, _ := strings.Cut(hub.Address, ":")
		if name != "" && slices.Contains([]string{hub.ID, hub.Address, hub.Name, host}, name) {
			return hub, nil
		}
		known = append(known, hub.Address)
	}
	switch {
	case len(hubs) == 0:
		return backend.Hub{}, fail(exitNotFound, "this profile has joined no hub yet: gossip-cli join HOST")
	case name == "":
		return backend.Hub{}, fail(exitUsage, "this profile has joined several hubs: name one with --hub, or as in #channel@HUB (%s)", strings.Join(known, ", "))
	}
	return backend.Hub{}, fail(exitNotFound, "this profile has not joined %s: join it first, or name one of %s", name, strings.Join(known, ", "))
}

// hubOf returns the hub that a conversation is on: #channel@HUB and @user@HUB name it, as a conversation's key does.
func (s *session) hubOf(to string) (backend.Hub, error) {
	if conversation, err := backend.ParseConversation(to); err == nil {
		return s.app.chooseHub(s.Client, conversation.Hub.String())
	}
	if to != "" {
		if _, host, named := strings.Cut(to[1:], "@"); named {
			return s.app.chooseHub(s.Client, host)
		}
	}
	return s.hub()
}

// resolve turns a TO of the command line into a conversation.
func (s *session) resolve(ctx context.Context, to string) (backend.Conversation, error) {
	if conversation, err := backend.ParseConversation(to); err == nil {
		return conversation, nil
	}
	if !strings.HasPrefix(to, "#") && !strings.HasPrefix(to, "@") {
		return backend.Conversation{}, fail(exitUsage, "%q is neither '#channel' nor @user", to)
	}
	if host := s.app.flags.Hub; host != "" && !strings.Contains(to[1:], "@") {
		hub, err := s.hub()
		if err != nil {
			return backend.Conversation{}, err
		}
		to += "@" + hub.Address
	}
	return s.Resolve(ctx, to)
}

// unknown reports whether an error of resolve says that the name is not known here: the hub may know it.
func unknown(err error) bool {
	return exitCode(err) == exitNotFound || errors.Is(err, backend.ErrOffline)
}

// names gives conversations the names that people call them by.
func names(client *backend.Client) map[string]string {
	named := map[string]string{}
	for _, info := range client.Conversations() {
		named[info.Key] = nameOf(info)
	}
	return named
}

func nameOf(info backend.ConversationInfo) string {
	if info.Kind == "direct" {
		return "@" + info.Name
	}
	return "#" + info.Name
}

// lower begins a sentence in small, as it follows the program's name, and takes the last full stop off.
func lower(sentence string) string {
	sentence = strings.TrimSuffix(sentence, ".")
	if len(sentence) > 1 && sentence[1] >= 'a' && sentence[1] <= 'z' {
		return strings.ToLower(sentence[:1]) + sentence[1:]
	}
	return sentence
}
