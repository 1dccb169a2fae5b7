package casework

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/ontdox/takedown/internal/takedown"
)

// bouncedMessage tells the register that a contact's address refused a
// document for good. It names the address versions that the document was
// written to: a contact that was corrected since is not marked.
type bouncedMessage struct {
	Contact         string   `json:"contact"`
	ContactVersions []string `json:"contactVersions"`
	Dispatch        string   `json:"dispatch"`
}

func (t *tx) tellRegister(tr *takedown.Track, d *takedown.Document) error {
	m := bouncedMessage{Contact: tr.Contact, ContactVersions: d.ContactVersions, Dispatch: d.LastDispatch}
	return t.outbox("bounced:"+d.LastDispatch, outboxBounced, m)
}

// markBounced carries a bouncedMessage out: idempotent, and harmless late.
func (s *Service) markBounced(ctx context.Context, payload json.RawMessage) error {
	var m bouncedMessage
	if err := json.Unmarshal(payload, &m); err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(m.Contact), func(t *tx) error {
		c, err := load[takedown.Contact](t, m.Contact)
		if err != nil {
			return err
		}
		if c.Bounced || !slices.Contains(m.ContactVersions, addressVersion(c)) {
			return nil
		}
		c.Bounced = true
		if err := t.put(c); err != nil {
			return err
		}
		return t.log("contact.bounced", "permanent", []string{c.ID, m.Dispatch})
	})
}
