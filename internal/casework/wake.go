package casework

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ontdox/takedown/internal/takedown"
)

// Kinds of outbox rows.
const (
	outboxStart      = "start"       // start an execution
	outboxComplete   = "complete"    // complete waits' tokens
	outboxJoin       = "join"        // add an affected person to the case that has the item
	outboxTouchAll   = "touch-all"   // wake every open wait: settings or a calendar changed
	outboxLinkReport = "link-report" // a report became a case
	outboxBounced    = "bounced"     // a contact's address refused a document for good
	outboxPattern    = "pattern"     // a contact's mail has words of its own
	outboxRecount    = "recount"     // count running clocks again: a calendar changed
	outboxDecided    = "decided"     // a contact decided on a notice of ours
	outboxCheck      = "check"       // a contact refused mail, or called it spam: a person looks at it
	outboxStale      = "stale"       // a contact that is waited for was not verified for too long
)

// startMessage asks the engine for an execution.
type startMessage struct {
	Machine string          `json:"machine"`
	Name    string          `json:"name"`
	Input   json.RawMessage `json:"input"`
}

// wakeMessage completes waits. It names their numbers, so that an old message
// cannot complete the next wait.
type wakeMessage struct {
	Waits []string `json:"waits"` // see waitKey
}

// maxWakes is how many waits one outbox row names: it stays under 4 KB.
const maxWakes = 80

// waitKey names one wait of one generation of a track or case.
func waitKey(id string, generation, no int) string {
	return fmt.Sprintf("%s:%d:%d", id, generation, no)
}

// waitOutput is what completing a wait answers: ids alone.
func waitOutput(key string) (json.RawMessage, error) {
	id, rest, _ := strings.Cut(key, ":")
	gen, _, _ := strings.Cut(rest, ":")
	generation, err := strconv.Atoi(gen)
	if err != nil {
		return nil, fmt.Errorf("wait key: %w", err)
	}
	if strings.HasPrefix(id, "case_") {
		return json.Marshal(CaseStep{V: InputVersion, Case: id, Generation: generation})
	}
	return json.Marshal(TrackStep{V: InputVersion, Track: id, Generation: generation})
}

func (t *tx) outbox(id, kind string, payload any) error {
	b, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	for _, r := range t.change.Outbox {
		if r.ID == id {
			return nil
		}
	}
	t.change.Outbox = append(t.change.Outbox, OutboxRow{ID: id, Kind: kind, Stream: t.base.Stream, Payload: b, At: t.s.HostNow().UTC()})
	return nil
}

// startExecution writes the message that starts a track's or case's current
// generation.
func (t *tx) startExecution(machine, id string, generation int) error {
	name := executionName(id, generation)
	input, err := json.Marshal(map[string]any{"v": InputVersion, machine: id, "generation": generation})
	if err != nil {
		return err
	}
	return t.outbox("start:"+name, outboxStart, startMessage{Machine: machine, Name: name, Input: input})
}

// executionName is the name of a generation's execution (design §4).
func executionName(id string, generation int) string {
	return fmt.Sprintf("%s-%d", strings.ReplaceAll(id, "_", "-"), generation)
}

// wakeTrack ends a track's open wait: PlanStep decides again. Waking too often
// is harmless.
func (t *tx) wakeTrack(tr *takedown.Track) {
	if tr.Wait != nil {
		t.wakes = append(t.wakes, waitKey(tr.ID, tr.Generation, tr.Wait.No))
	}
}

func (t *tx) wakeCase(c *takedown.Case) {
	if c.Wait != nil {
		t.wakes = append(t.wakes, waitKey(c.ID, c.Generation, c.Wait.No))
	}
}

// touch wakes whatever in the case waits: call it after any change that a gate
// or a plan may rest on.
func (t *tx) touch() error {
	c, err := load[takedown.Case](t, string(t.base.Stream))
	if err != nil {
		return err
	}
	t.wakeCase(c)
	tracks, err := all[takedown.Track](t)
	if err != nil {
		return err
	}
	for _, tr := range tracks {
		t.wakeTrack(tr)
	}
	return nil
}

// writeWakes turns the waits to be woken into outbox rows of this commit.
func (t *tx) writeWakes() error {
	seen := map[string]bool{}
	var keys []string
	for _, k := range t.wakes {
		if !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	for n := 0; len(keys) > 0; n++ {
		part := keys[:min(len(keys), maxWakes)]
		keys = keys[len(part):]
		id := fmt.Sprintf("wake:%s:%d:%d", t.base.Stream, t.base.N, n)
		if err := t.outbox(id, outboxComplete, wakeMessage{Waits: part}); err != nil {
			return err
		}
	}
	return nil
}

// visibleCase is the tx's case if the principal may see it in one of these
// roles, else not found. An auditor's sight of every case ends with the
// auditor's reading: it opens nothing to another role of the same person.
func (t *tx) visibleCase(roles []takedown.Role) (*takedown.Case, error) {
	c, err := find[takedown.Case](t, string(t.base.Stream))
	if err != nil {
		return nil, err
	}
	who := t.who
	if !slices.Contains(roles, takedown.Auditor) {
		who.Roles = slices.DeleteFunc(slices.Clone(who.Roles), func(r takedown.Role) bool { return r == takedown.Auditor })
	}
	if c == nil || !maySee(who, c) {
		return nil, noSuch(KindCase)
	}
	return c, nil
}
