package sesin

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func sample(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "events", file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// again decodes strictly and encodes back.
func again[Detail any](t *testing.T, text []byte) []byte {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var e envelope[Detail]
	if err := dec.Decode(&e); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSamplesAreReadWhole: no field of a sample is unknown, and none is lost.
func TestSamplesAreReadWhole(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "events", "mail-event*.json"))
	if err != nil || len(files) < 8 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for _, f := range append(files, "receive-mail.json") {
		text := sample(t, filepath.Base(f))
		back := again[feedback]
		if filepath.Base(f) == "receive-mail.json" {
			back = again[created]
		}
		var got, want any
		if err := json.Unmarshal(back(t, text), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", f, d)
		}
	}
}

func at(s string) time.Time {
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return v
}

// read is an event with what all samples have in common.
func read(kind casework.MailEventKind, when, code, id string, about ...casework.MailRecipient) casework.MailEvent {
	return casework.MailEvent{
		Kind: kind, By: "ses", Code: code, ID: id, Dispatch: "dispatch_example", Reference: "TD-2027-EXAMPLE",
		MessageID: "0102018f0a1b2c3d-11112222-3333-4444-5555-666677778888-000000", SentAt: at("2027-03-22T08:10:02.012Z"), At: at(when),
		To: []string{"abuse@host.example"}, About: about,
	}
}

func TestWhatEachEventMeans(t *testing.T) {
	const abuse = "abuse@host.example"
	for file, want := range map[string]casework.MailEvent{
		"mail-event.send.json": read(casework.EventSent, "2027-03-22T08:10:05Z", "", ""),
		"mail-event.json":      read(casework.EventDelivered, "2027-03-22T08:10:04.5Z", "", "", casework.MailRecipient{Address: abuse}),
		"mail-event.delay.json": read(casework.EventDelayed, "2027-03-22T08:20:02.012Z", "TransientCommunicationFailure", "",
			casework.MailRecipient{Address: abuse, Diagnostic: "4.4.1 smtp; 421 4.4.1 Unable to connect to remote host"}),
		"mail-event.bounce.json": read(casework.EventBounced, "2027-03-22T08:10:06.669Z", "Permanent/General", "0102018f0a1b2c3d-61b59c11-9236-11e6-8f96-7be8aexample-000000",
			casework.MailRecipient{Address: abuse, Permanence: casework.BouncePermanent, Diagnostic: "5.1.1 smtp; 550 5.1.1 user unknown"}),
		"mail-event.bounce-for-now.json": read(casework.EventBounced, "2027-03-22T22:10:06.669Z", "Transient/MailboxFull", "0102018f0a1b2c3d-71b59c11-9236-11e6-8f96-7be8aexample-000000",
			casework.MailRecipient{Address: abuse, Permanence: casework.BounceTemporary, Diagnostic: "4.2.2 smtp; 452 4.2.2 mailbox full"}),
		"mail-event.complaint.json":         read(casework.EventComplaint, "2027-03-22T09:00:00Z", "abuse", "0102018f0a1b2c3d-81b59c11-9236-11e6-8f96-7be8aexample-000000", casework.MailRecipient{Address: abuse}),
		"mail-event.reject.json":            read(casework.EventRejected, "2027-03-22T08:10:05Z", "Badcontent", ""),
		"mail-event.rendering-failure.json": read(casework.EventRejected, "2027-03-22T08:10:05Z", "RenderingFailure", ""),
	} {
		got, err := Feedback(sample(t, file))
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", file, d)
		}
	}
}

func TestABounceThatSESCouldNotReadIsOfUnknownKind(t *testing.T) {
	text := strings.Replace(string(sample(t, "mail-event.bounce.json")), `"Permanent"`, `"Undetermined"`, 1)
	if e, err := Feedback([]byte(text)); err != nil || e.About[0].Permanence != casework.BounceUnknown {
		t.Errorf("got %+v, %v", e, err)
	}
}

// TestAFieldMoreIsNoReasonToLoseABounce: AWS adds fields to its events.
func TestAFieldMoreIsNoReasonToLoseABounce(t *testing.T) {
	text := strings.Replace(string(sample(t, "mail-event.bounce.json")), `"bounceType"`, `"novelty": {"a": 1}, "bounceType"`, 1)
	if e, err := Feedback([]byte(text)); err != nil || e.Kind != casework.EventBounced {
		t.Errorf("got %+v, %v", e, err)
	}
}

func TestWhatIsNoEventIsRefused(t *testing.T) {
	delivery, object := string(sample(t, "mail-event.json")), string(sample(t, "receive-mail.json"))
	feedback := func(text string) error { _, err := Feedback([]byte(text)); return err }
	created := func(text string) error { _, _, err := stored([]byte(text)); return err }
	for name, err := range map[string]error{
		"nothing":               feedback(""),
		"two values":            feedback(delivery + delivery),
		"cut off":               feedback(delivery[:len(delivery)-3]),
		"a list":                feedback("[" + delivery + "]"),
		"another version":       feedback(strings.Replace(delivery, `"version": "0"`, `"version": "1"`, 1)),
		"another source":        feedback(object),
		"an open":               feedback(strings.Replace(delivery, `"Delivery"`, `"Open"`, 1)),
		"no object of its type": feedback(strings.Replace(delivery, `"Delivery"`, `"Bounce"`, 1)),
		"a wrong type":          feedback(strings.Replace(delivery, `"destination": [`, `"destination": [1, `, 1)),
		"no instant":            feedback(strings.Replace(delivery, `"2027-03-22T08:10:02.012Z"`, `"yesterday"`, 1)),
		"mail that went out":    created(delivery),
		"an object that went":   created(strings.Replace(object, "Object Created", "Object Deleted", 1)),
		"no bucket":             created(strings.Replace(object, `"takedown-inbound"`, `""`, 1)),
		"no key":                created(strings.Replace(object, `"o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1"`, `""`, 1)),
	} {
		if takedown.NameOf(err) != takedown.NameInvalidInput {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
