package content_test

import (
	"reflect"
	"testing"

	"gossip/common/content"
)

func TestEveryBodyComesBack(t *testing.T) {
	for _, body := range everyBody() {
		sent := message(body)
		encoded, err := sent.Marshal()
		if err != nil {
			t.Errorf("%#v: %v", body, err)
			continue
		}
		got, err := content.Parse(encoded)
		if err != nil {
			t.Errorf("%#v: %v", body, err)
			continue
		}
		if !reflect.DeepEqual(got, sent) {
			t.Errorf("sent %#v, got %#v", sent, got)
		}
	}
}
