package bridge

import (
	"testing"

	"gossip/backend"
)

func TestAnswerToNoCall(t *testing.T) {
	for _, accept := range []bool{true, false} {
		p := caller(t)
		p.session.Answer("nowhere", accept)
		told := p.change(backend.EventError, always).Error
		if told.Code != "call" || told.Sentence != errRangOut.Error() {
			t.Errorf("accept %v: told %+v", accept, told)
		}
	}
}
