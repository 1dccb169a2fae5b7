package enginetest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// world stands for the store: what the suite's functions decide from.
type world struct {
	mu         sync.Mutex
	waits      map[string]int    // id → waits still to come
	tokens     map[string]string // id → last registered token
	generation map[string]int    // id → the one that counts; 0: any
	plans      []string          // "id/generation"
	works      int
	seconds    int64

	// onRegister runs inside the registration, before it answers.
	onRegister func(id, token string) error
	onWork     func(n int) error
}

func newWorld(long int64) *world {
	return &world{waits: map[string]int{}, tokens: map[string]string{}, generation: map[string]int{}, seconds: long}
}

type message struct {
	ID         string `json:"id"`
	Generation int    `json:"generation"`
	Token      string `json:"token"`
	Wait       int    `json:"wait"`
}

func (w *world) handlers() map[string]Handler {
	return map[string]Handler{
		"plan":     w.plan,
		"register": w.register,
		"work":     w.work,
	}
}

func (w *world) plan(_ context.Context, payload []byte) ([]byte, error) {
	var m message
	if err := json.Unmarshal(payload, &m); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.plans = append(w.plans, fmt.Sprintf("%s/%d", m.ID, m.Generation))
	next := "Await"
	if w.waits[m.ID] == 0 || w.generation[m.ID] != 0 && w.generation[m.ID] != m.Generation {
		next = "Stop"
	} else {
		w.waits[m.ID]--
	}
	return json.Marshal(map[string]any{"id": m.ID, "generation": m.Generation, "next": next, "wait": w.waits[m.ID], "seconds": w.seconds})
}

func (w *world) register(_ context.Context, payload []byte) ([]byte, error) {
	var m message
	if err := json.Unmarshal(payload, &m); err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.tokens[m.ID] = m.Token
	hook := w.onRegister
	w.mu.Unlock()
	if hook != nil {
		if err := hook(m.ID, m.Token); err != nil {
			return nil, err
		}
	}
	return []byte(`{}`), nil
}

func (w *world) work(context.Context, []byte) ([]byte, error) {
	w.mu.Lock()
	w.works++
	n, hook := w.works, w.onWork
	w.mu.Unlock()
	if hook != nil {
		if err := hook(n); err != nil {
			return nil, err
		}
	}
	return []byte(`{"n": 1}`), nil
}

func (w *world) token(id string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tokens[id]
}

func (w *world) planned() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.plans)
}

func (w *world) worked() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.works
}

func conflict() error {
	return takedown.Errorf(takedown.Conflict, takedown.NameConflict, "Somebody was faster.")
}

// second keeps the suite's arithmetic readable.
const second = time.Second
