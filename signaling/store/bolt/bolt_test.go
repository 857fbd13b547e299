package bolt

import (
	"log/slog"
	"testing"

	"gossip/signaling/store"
	"gossip/signaling/store/storetest"
)

func openStore(t testing.TB, dir string) store.Store {
	t.Helper()
	s, err := Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestStore(t *testing.T) { storetest.Run(t, openStore) }
