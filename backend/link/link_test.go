package link

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"gossip/common/wire"
)

func TestBackoffGrowsToItsLimitAndNeverEnds(t *testing.T) {
	retry := newBackoff()
	for attempt := range 200 {
		want := min(longestRetry, firstRetry<<min(attempt, 10))
		got := retry.NextBackOff()
		if got < want/2 || got > want*3/2 {
			t.Fatalf("pause %d is %v, want %v or half of it more or less", attempt, got, want)
		}
	}
	retry.Reset()
	if got := retry.NextBackOff(); got > firstRetry*3/2 {
		t.Errorf("after a reset the first pause is %v", got)
	}
}

func TestTheHubCanAskToBeLeftAlone(t *testing.T) {
	for _, c := range []struct {
		err  error
		want time.Duration
	}{
		{errors.New("cable"), 0},
		{&wire.Error{Code: wire.CodeShutdown, RetryAfter: 3000}, 3 * time.Second},
		{fmt.Errorf("wrapped: %w", &wire.Error{Code: wire.CodeFlood, RetryAfter: 60_000}), time.Minute},
		{&wire.Error{Code: wire.CodeReplaced}, replacedRetry},
		{&wire.Error{Code: wire.CodeRate, RetryAfter: 1 << 40}, 10 * time.Minute},
	} {
		if got := atLeast(c.err); got != c.want {
			t.Errorf("after %v the pause is at least %v, want %v", c.err, got, c.want)
		}
	}
}

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Config{})
		measure := func(ctx context.Context) (bool, time.Duration) {
			start := time.Now()
			whole := l.pause(ctx, time.Minute)
			return whole, time.Since(start)
		}
		if whole, took := measure(t.Context()); !whole || took != time.Minute {
			t.Errorf("undisturbed: %v after %v", whole, took)
		}
		l.Reconnect()
		if _, took := measure(t.Context()); took != time.Minute {
			t.Errorf("a Reconnect from before the pause cut it to %v", took)
		}
		time.AfterFunc(time.Second, l.Reconnect)
		if whole, took := measure(t.Context()); whole || took != time.Second {
			t.Errorf("Reconnect: %v after %v", whole, took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if _, took := measure(ctx); took != 2*time.Second {
			t.Errorf("the end of the context ended the pause after %v", took)
		}
	})
}
