package localengine_test

import (
	"context"
	"encoding/json"
)

// killStub plays the hub's functions without a store.
type killStub struct{ tokens chan string }

func (s killStub) plan(context.Context, []byte) ([]byte, error) {
	return []byte(`{"id": "x", "next": "Await", "wait": 1}`), nil
}

func (s killStub) register(_ context.Context, payload []byte) ([]byte, error) {
	var m struct {
		Token string `json:"token"`
	}
	if err := json.Unmarshal(payload, &m); err != nil {
		return nil, err
	}
	s.tokens <- m.Token
	return []byte(`{}`), nil
}
