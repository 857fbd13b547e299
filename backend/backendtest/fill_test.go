package backendtest

import (
	"flag"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"gossip/backend"
	"gossip/backend/vault"
	"gossip/common/id"
)

var (
	fillProfile  = flag.String("fill", "", "`folder` of a profile with a key file that TestFillProfile fills, so that the window can be tried with a long history")
	fillMessages = flag.Int("fill-messages", storedMessages, "how many messages the profile is to hold")
)

// fillWords are what the messages of a filled profile are made of; one in a thousand names the last.
var fillWords = strings.Fields("the weather boat garden paper bridge winter coffee music letter river window story train market summer house light island question answer evening mountain bicycle kitchen")

const rareWord = "xylophone"

// TestFillProfile is a tool: it gives the newest message of a profile's first channel that many copies, with texts, times
// and authors of their own. The newest must be a text; the program of the profile must be closed.
func TestFillProfile(t *testing.T) {
	if *fillProfile == "" {
		t.Skip("no profile was named with -fill")
	}
	unlock := vault.Unlock{KeyFile: true}
	conv, members := firstChannel(t, *fillProfile, unlock)
	rng := rand.New(rand.NewPCG(1, 1720))
	newest := time.Now().UnixMilli()
	multiply(t, *fillProfile, unlock, conv, *fillMessages, func(i int, row map[uint64]any) {
		author := members[i/3%len(members)]
		row[fromField], row[textField] = author[:], fillText(rng, i)
		row[sentField] = newest - int64(*fillMessages-i)*time.Minute.Milliseconds()
	})
}

// firstChannel finds the channel to fill and who is in it.
func firstChannel(t *testing.T, profile string, unlock vault.Unlock) (conv backend.Conversation, members []id.UserID) {
	t.Helper()
	client, err := backend.New(backend.Options{Dir: profile, Unlock: unlock})
	check(t, err)
	defer client.Close()
	for _, info := range client.Conversations() {
		if info.Kind != "channel" || !info.Member {
			continue
		}
		people, err := client.Members(info.Conversation)
		check(t, err)
		for _, p := range people {
			var user id.UserID
			check(t, user.UnmarshalText([]byte(p.User)))
			members = append(members, user)
		}
		return info.Conversation, members
	}
	t.Fatal("the profile is in no channel")
	return conv, nil
}

func fillText(rng *rand.Rand, i int) string {
	words := make([]string, 3+rng.IntN(15))
	for at := range words {
		words[at] = fillWords[rng.IntN(len(fillWords))]
	}
	if i%1000 == 500 {
		words[0] = rareWord
	}
	return strings.Join(words, " ")
}
