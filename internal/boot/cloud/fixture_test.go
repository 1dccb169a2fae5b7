package cloud

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/boot/local"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

var (
	specialist  = takedown.Principal{ID: "specialist-1", Roles: []takedown.Role{takedown.Specialist}}
	adviser     = takedown.Principal{ID: "adviser-1", Roles: []takedown.Role{takedown.LegalAdviser}}
	coordinator = takedown.Principal{ID: "coordinator-1", Roles: []takedown.Role{takedown.Coordinator}}
)

// monday is when the stories of the samples begin: 22 March 2027, 09:00 in
// Amsterdam.
var monday = time.Date(2027, 3, 22, 8, 0, 0, 0, time.UTC)

// story is an installation on this machine, with the very handlers that the
// functions have. Its engine runs nothing: a test calls the functions itself.
type story struct {
	t     *testing.T
	app   *local.App
	dir   string
	pages *gonePages
	notes *notedEngine

	caseID, item, person, track, document string
}

// gonePages finds every page gone, and counts the looks.
type gonePages struct{ looks int }

func (p *gonePages) Fetch(context.Context, string) (casework.FetchedPage, error) {
	p.looks++
	return casework.FetchedPage{Status: 404}, nil
}

// notedEngine runs nothing: it notes what it is asked.
type notedEngine struct {
	casework.Engine
	started, completed []string
}

func (e *notedEngine) Start(_ context.Context, machine, name string, _ []byte) error {
	if slices.Contains(e.started, machine+" "+name) {
		return takedown.Errorf(takedown.Conflict, "ExecutionAlreadyExists", "it runs")
	}
	e.started = append(e.started, machine+" "+name)
	return nil
}

func (e *notedEngine) Complete(_ context.Context, token string, _ []byte) error {
	if slices.Contains(e.completed, token) {
		return takedown.Errorf(takedown.Conflict, "TaskDoesNotExist", "it is over")
	}
	e.completed = append(e.completed, token)
	return nil
}

func (e *notedEngine) Executions(context.Context, string, string, int) ([]casework.Execution, string, error) {
	return nil, "", nil
}

func (e *notedEngine) Describe(_ context.Context, name string) (casework.Execution, error) {
	return casework.Execution{Name: name, Status: "RUNNING"}, nil
}

func newStory(t *testing.T) *story {
	t.Helper()
	dir := t.TempDir()
	app, err := local.Open(t.Context(), local.Config{
		DataDir: filepath.Join(dir, "data"), KeyFile: filepath.Join(dir, "test.key"), SimulatedFrom: monday,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &story{t: t, app: app, dir: dir, pages: &gonePages{}, notes: &notedEngine{}}
	app.Service.Pages = s.pages
	app.Service.SetEngine(s.notes)
	return s
}

func (s *story) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// opened: a case with one page of a known hoster.
func (s *story) opened() {
	s.t.Helper()
	ctx, svc := s.t.Context(), s.app.Service
	_, err := svc.PutContact(ctx, coordinator, "contact_hoster", casework.ContactInput{
		Kind: "hoster", LegalName: "Voorbeeldhost B.V.", ServiceKind: "hosting", Hosts: []string{"forum.example"}, Country: "NL", Languages: []string{"nl"},
		Channels: []takedown.Channel{{Kind: "mail", Address: "abuse@host.example", Purpose: "notice"}}, FollowsNTDCode: true,
		Source: "https://host.example/abuse", LastVerified: monday.Add(-time.Hour),
	}, 0)
	s.ok(err)
	var set casework.SettingsInput
	set.Organisation.Name, set.Organisation.Kind, set.Organisation.Unit = "Praktijk Voorbeeld", "care", "Meldpunt"
	set.Organisation.Mailbox, set.Organisation.Phone, set.Organisation.PostalAddress = "meldpunt@praktijk.example", "+31 20 0000000", "Postbus 0"
	set.Mail.From = "meldpunt@praktijk.example"
	_, err = svc.PutSettings(ctx, coordinator, set, 0)
	s.ok(err)
	out, err := svc.OpenCase(ctx, coordinator, casework.OpenCaseInput{
		Reporter: casework.ReporterInput{Function: "teamleider", Channel: "phone", Contact: "sealed-reporter@zorg.example"},
		Affected: []casework.AffectedInput{{
			Relation: "employee", Function: "huisarts", Capacity: "none_of_lid2",
			Private: takedown.Private{Name: "Sealed Name", Phones: []string{"06-00000000"}, Addresses: []string{"Sealedstraat 1"}},
		}},
		Incident: casework.IncidentInput{OccurredAt: monday.Add(-48 * time.Hour), Summary: "sealed summary", Trigger: "sealed trigger"},
		Items: []casework.ItemInput{{
			Location: casework.LocationInput{Type: "url", URL: "https://forum.example/t/1"}, Kind: "original", ContentType: "text",
			DataCategories: []string{"home_address", "phone"}, Audience: "public",
		}},
	})
	s.ok(err)
	s.caseID, s.item, s.person = out.Case, out.Items[0].Item, out.People[0]
}

// digest: a second coordinator wants one, and its hour has come.
func (s *story) digest() {
	s.t.Helper()
	ctx, svc := s.t.Context(), s.app.Service
	set, err := svc.GetSettings(ctx, coordinator)
	s.ok(err)
	set.Digest = &casework.DigestSettings{Hour: "09:00", People: []casework.DigestReader{
		{Person: "coordinator-2", Address: "anna@praktijk.example", Roles: []string{"coordinator"}},
	}}
	_, err = svc.PutSettings(ctx, coordinator, set.SettingsInput, set.Version)
	s.ok(err)
}

// ready: the gates of the intake and of a notice hold.
func (s *story) ready() {
	s.t.Helper()
	s.opened()
	s.gatesHold()
}

// gatesHold does what the gates ask of people.
func (s *story) gatesHold() {
	s.t.Helper()
	ctx, svc := s.t.Context(), s.app.Service
	_, err := svc.PutTriage(ctx, coordinator, s.caseID, casework.TriageInput{ThreatLevel: "low", JudgedBy: "coördinator"}, 0)
	s.ok(err)
	evidence := s.captured()
	_, err = svc.PutAssessment(ctx, specialist, s.caseID, s.item, casework.AssessmentInput{
		Grounds:    []casework.GroundInput{{Offence: "285d", Elements: map[string][]string{"E1": {evidence}, "E2": {evidence}, "E3": {evidence}, "E4": {evidence}}}},
		InCapacity: true, Effects: []string{"contact"}, Purpose: []string{"call_to_act"}, Amplification: "low", Locator: "line:2", Decision: "act",
	}, 0)
	s.ok(err)
	_, err = svc.PutConsent(ctx, coordinator, s.caseID, s.person, "notice", casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone"}, 0)
	s.ok(err)
	_, err = svc.PutAlignment(ctx, coordinator, s.caseID, casework.AlignmentInput{Status: "not_suspected", Reason: "no_offence_suspected"}, 0)
	s.ok(err)
}

// captured brings evidence of the page in and gives its id.
func (s *story) captured() string {
	s.t.Helper()
	ctx, svc := s.t.Context(), s.app.Service
	content := []byte("sealed evidence bytes")
	sum := sha256.Sum256(content)
	upload, err := svc.BeginUpload(ctx, specialist, s.caseID, casework.UploadInput{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content)), MediaType: "image/png"})
	s.ok(err)
	s.ok(svc.ReceiveUpload(ctx, upload, bytes.NewReader(content)))
	id, err := svc.CommitEvidence(ctx, specialist, s.caseID, casework.EvidenceInput{
		UploadID: upload, ItemIDs: []string{s.item}, CapturedAt: monday.Add(-time.Hour), Zone: "Europe/Amsterdam",
		URL: "https://forum.example/t/1", CapturedBy: "medewerker meldpunt", Tool: "browser 1", Original: true,
	})
	s.ok(err)
	return id
}

// planned: the hoster has its track.
func (s *story) planned() {
	s.t.Helper()
	s.ready()
	s.call("triage.json")
	s.call("plan-tracks.json")
	s.view()
}

// view looks the track up and the document at which it stands.
func (s *story) view() casework.TrackView {
	s.t.Helper()
	list, err := s.app.Service.ListTracks(s.t.Context(), specialist, s.caseID)
	s.ok(err)
	if len(list) != 1 {
		s.t.Fatalf("%d tracks, want one", len(list))
	}
	s.track = list[0].ID
	if list[0].Document != nil {
		s.document = list[0].Document.ID
	}
	return list[0]
}

// attempted: the site operator could not be reached, which is the last thing
// that stands before the notice.
func (s *story) attempted() {
	s.t.Helper()
	_, err := s.app.Service.RecordAttempt(s.t.Context(), specialist, s.caseID, casework.AttemptInput{Role: "site_operator", Channel: "mail", At: monday, Result: "no_answer"})
	s.ok(err)
}

// reached: nothing stands before the notice any more.
func (s *story) reached() {
	s.t.Helper()
	s.planned()
	s.attempted()
	s.call("plan-step.json")
}

// approved: the notice is drafted and has its yes.
func (s *story) approved() {
	s.t.Helper()
	s.reached()
	s.call("draft-document.json")
	s.view()
	ctx, svc := s.t.Context(), s.app.Service
	d, err := svc.GetDocument(ctx, specialist, s.document)
	s.ok(err)
	s.ok(svc.DecideDocument(ctx, adviser, s.document, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash}))
	s.call("plan-step.json")
}

// claimed: the hoster says that the page is gone.
func (s *story) claimed() {
	s.t.Helper()
	s.approved()
	s.call("send-document.json")
	_, err := s.app.Service.RegisterReply(s.t.Context(), specialist, casework.ReplyInput{
		DocumentID: s.document, Kind: "decision", Decision: "removed", Via: "mail", ReceivedAt: monday,
	})
	s.ok(err)
	s.call("plan-step.json")
}

// dispatch is the status of the document's dispatch; empty before there is one.
func (s *story) dispatch() string {
	s.t.Helper()
	d, err := s.app.Service.GetDocument(s.t.Context(), specialist, s.document)
	s.ok(err)
	if d.LastDispatch == nil {
		return ""
	}
	return d.LastDispatch.Status
}

// fill puts the story's own ids in the places of a sample's.
func (s *story) fill(sample string) []byte {
	return []byte(strings.NewReplacer("case_example", s.caseID, "track_example", s.track, "doc_example", s.document,
		"dispatch_example", "dispatch_"+strings.TrimPrefix(s.document, "doc_")+"_1").Replace(sample))
}
