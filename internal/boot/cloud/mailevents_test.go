package cloud

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/ontdox/takedown/internal/boot/cloud/sampletest"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/sesin"
	"github.com/ontdox/takedown/internal/takedown"
)

// mailDrives are the samples of AWS's own events: what each does once the
// notice was sent.
var mailDrives = map[string]func(*story){
	"receive-mail.json": func(s *story) {
		s.took(`kind=acknowledgement classified`)
	},
	"mail-event.send.json":           func(s *story) { s.told("mail-event.send.json", "sent", 0) },
	"mail-event.json":                func(s *story) { s.told("mail-event.json", "sent", 1) },
	"mail-event.delay.json":          func(s *story) { s.told("mail-event.delay.json", "sent", 1) },
	"mail-event.complaint.json":      func(s *story) { s.told("mail-event.complaint.json", "sent", 1) },
	"mail-event.bounce-for-now.json": func(s *story) { s.told("mail-event.bounce-for-now.json", "sent", 1) },
	"mail-event.bounce.json": func(s *story) {
		s.told("mail-event.bounce.json", "bounced", 2) // the reply, and what it means
		s.Step("plan-step.json", "AwaitGate")
	},
	"mail-event.reject.json": func(s *story) {
		s.told("mail-event.reject.json", "failed", 1)
		s.Step("plan-step.json", "AwaitGate")
	},
	"mail-event.rendering-failure.json": func(s *story) { s.told("mail-event.rendering-failure.json", "failed", 1) },
}

// event drives mail-event with a text.
func (s *story) event(text []byte) error {
	e, err := sesin.Feedback(text)
	if err != nil {
		return err
	}
	return s.app.Service.TakeMailEvent(s.t.Context(), e)
}

// told takes a sample three times after the notice was sent: it writes so many
// entries, once.
func (s *story) told(file, dispatch string, entries int) {
	s.t.Helper()
	s.Approved()
	s.Call("send-document.json")
	before := s.Entries()
	for range 3 {
		s.OK(s.event(s.Fill(string(sampletest.Sample(s.t, sampletest.Dir, file)))))
	}
	if got, wrote := s.Dispatch(), s.Entries()-before; got != dispatch || wrote != entries+1 { // reading the dispatch is one
		s.t.Errorf("%s: dispatch %s, %d entries; want %s and %d", file, got, wrote-1, dispatch, entries)
	}
	if n := s.mails(); n != 1 {
		s.t.Errorf("%d mails", n)
	}
}

// took has receive-mail told three times of a mail that answers the notice.
func (s *story) took(want string) {
	s.t.Helper()
	s.Approved()
	s.Call("send-document.json")
	d, err := s.app.Service.GetDocument(s.t.Context(), specialist, s.Document)
	s.OK(err)
	in := &bucket{mail: fmt.Sprintf("From: abuse@host.example\r\nTo: meldpunt@praktijk.example\r\nMessage-ID: <1@host.example>\r\nIn-Reply-To: <%s>\r\n"+
		"Subject: Re: melding\r\n\r\nWij hebben uw melding ontvangen.\r\n", d.LastDispatch.MessageID)}
	server := httptest.NewServer(in)
	defer server.Close()
	cfg := aws.Config{Region: "eu-west-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
	box := sesin.New(cfg, "takedown-inbound")
	for range 3 {
		s.OK(box.Take(s.t.Context(), sampletest.Sample(s.t, sampletest.Dir, "receive-mail.json"), s.app.Service.TakeMail))
	}
	if in.removed != 1 {
		s.t.Errorf("removed %d times", in.removed)
	}
	page, err := s.app.Service.CaseHistory(s.t.Context(), takedown.Principal{ID: "auditor-1", Roles: []takedown.Role{takedown.Auditor}}, s.Case, "", 200)
	s.OK(err)
	n := 0
	for _, e := range page.Items {
		if "kind="+e.Reason+" "+strings.TrimPrefix(e.Act, "reply.") == want {
			n++
		}
	}
	if n != 1 {
		s.t.Errorf("%d replies %q", n, want)
	}
}

// bucket holds one mail until it is removed, and speaks as S3 does.
type bucket struct {
	mail    string
	removed int
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodDelete:
		b.mail, b.removed = "", b.removed+1
		w.WriteHeader(http.StatusNoContent)
	case b.mail == "":
		w.WriteHeader(http.StatusNotFound)
		_ = xml.NewEncoder(w).Encode(struct {
			XMLName xml.Name `xml:"Error"`
			Code    string
		}{Code: "NoSuchKey"})
	default:
		_, _ = w.Write([]byte(b.mail))
	}
}

func TestMailSamplesDriveTheirFunctions(t *testing.T) {
	for file, drive := range mailDrives {
		t.Run(file, func(t *testing.T) { drive(newStory(t)) })
	}
}

// TestMailEventsThatCannotBeReadChangeNothing, also one of another version.
func TestMailEventsThatCannotBeReadChangeNothing(t *testing.T) {
	s := newStory(t)
	s.Approved()
	s.Call("send-document.json")
	before := s.Entries()
	for file := range mailDrives {
		good := bytes.TrimSpace(s.Fill(string(sampletest.Sample(t, sampletest.Dir, file))))
		take := s.event
		if sampletest.Function(file) == "receive-mail" {
			take = func(text []byte) error {
				return sesin.New(aws.Config{}, "takedown-inbound").Take(t.Context(), text, func(context.Context, casework.InboundMail) error { return nil })
			}
		}
		for name, bad := range map[string][]byte{
			"wrong type":    bytes.Replace(good, []byte(`"detail": {`), []byte(`"detail": "`), 1),
			"other version": bytes.Replace(good, []byte(`"version": "0"`), []byte(`"version": "9"`), 1),
			"no version":    []byte(`{}`),
			"two values":    slices.Concat(good, good),
			"cut off":       good[:len(good)-1],
			"a list":        slices.Concat([]byte("["), good, []byte("]")),
			"nothing":       nil,
			"for another":   []byte(`{"v": 1}`),
		} {
			if err := take(bad); takedown.NameOf(err) != takedown.NameInvalidInput {
				t.Errorf("%s with %s: got %v", file, name, err)
			}
		}
	}
	if after := s.Entries(); after != before {
		t.Errorf("bad input wrote %d entries", after-before)
	}
}
