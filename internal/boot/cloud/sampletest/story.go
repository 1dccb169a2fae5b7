// Package sampletest brings an installation, step by step, to where each sample
// in events/ means something, whatever the functions run on: as handlers in this
// process, or compiled.
package sampletest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

var (
	specialist  = takedown.Principal{ID: "specialist-1", Roles: []takedown.Role{takedown.Specialist}}
	adviser     = takedown.Principal{ID: "adviser-1", Roles: []takedown.Role{takedown.LegalAdviser}}
	coordinator = takedown.Principal{ID: "coordinator-1", Roles: []takedown.Role{takedown.Coordinator}}
)

// Monday is when the samples' stories begin: 22 March 2027, 09:00 in Amsterdam.
var Monday = time.Date(2027, 3, 22, 8, 0, 0, 0, time.UTC)

// Story is one case of an installation at Monday. Its engine must run nothing:
// the story calls the functions itself.
type Story struct {
	T       testing.TB
	Service *casework.Service // of the people who work
	Dir     string            // where the samples lie
	Invoke  func(function string, event []byte) ([]byte, error)
	Page    string // where the case's item lies; a place of its own for each case

	Case, Item, Person, Track, Document string
}

// OK ends the test at an error.
func (s *Story) OK(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

// Dir is where a sample for every function lies (design §10), seen from a
// package three directories below the root.
var Dir = filepath.Join("..", "..", "..", "events")

// Sample reads a sample from a directory.
func Sample(t testing.TB, dir, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Function is the name of the function that a sample is for.
func Function(file string) string {
	name, _, _ := strings.Cut(file, ".")
	return name
}

// Invoked drives a function with a sample and gives its answer.
func (s *Story) Invoked(file string) ([]byte, error) {
	s.T.Helper()
	return s.Invoke(Function(file), s.Fill(string(Sample(s.T, s.Dir, file))))
}

// Answer is what any function may say.
type Answer struct {
	V, Generation, Wait                   int
	Case, Track, Next, Document           string
	Seconds                               int64
	Delivered, Woken, Sequenced, Repaired int
}

// Call drives a function that must succeed.
func (s *Story) Call(file string) Answer {
	s.T.Helper()
	out, err := s.Invoked(file)
	if err != nil {
		s.T.Fatalf("%s: %s: %v", file, takedown.NameOf(err), err)
	}
	var a Answer
	if err := json.Unmarshal(out, &a); err != nil {
		s.T.Fatalf("%s: answered %s: %v", file, out, err)
	}
	return a
}

// Step fails the test unless a function names the next state.
func (s *Story) Step(file, next string) {
	s.T.Helper()
	if got := s.Call(file); got.Next != next || got.V != casework.InputVersion {
		s.T.Errorf("%s: answered %+v, want next %s", file, got, next)
	}
}

// installed: the hoster is known and the organisation has its settings.
func (s *Story) installed() {
	s.T.Helper()
	ctx, svc := s.T.Context(), s.Service
	have, err := svc.GetSettings(ctx, coordinator)
	if err == nil && have.Organisation.Name != "" {
		return // by another case's story
	}
	_, err = svc.PutContact(ctx, coordinator, "contact_hoster", casework.ContactInput{
		Kind: "hoster", LegalName: "Voorbeeldhost B.V.", ServiceKind: "hosting", Hosts: []string{"forum.example"}, Country: "NL", Languages: []string{"nl"},
		Channels: []takedown.Channel{{Kind: "mail", Address: "abuse@host.example", Purpose: "notice"}}, FollowsNTDCode: true,
		Source: "https://host.example/abuse", LastVerified: Monday.Add(-time.Hour),
	}, 0)
	s.OK(err)
	var set casework.SettingsInput
	set.Organisation.Name, set.Organisation.Kind, set.Organisation.Unit = "Praktijk Voorbeeld", "care", "Meldpunt"
	set.Organisation.Mailbox, set.Organisation.Phone, set.Organisation.PostalAddress = "meldpunt@praktijk.example", "+31 20 0000000", "Postbus 0"
	set.Mail.From = "meldpunt@praktijk.example"
	_, err = svc.PutSettings(ctx, coordinator, set, 0)
	s.OK(err)
}

// Opened brings the story on: a case with one page of a known hoster.
func (s *Story) Opened() {
	s.T.Helper()
	s.installed()
	ctx, svc := s.T.Context(), s.Service
	out, err := svc.OpenCase(ctx, coordinator, casework.OpenCaseInput{
		Reporter: casework.ReporterInput{Function: "teamleider", Channel: "phone", Contact: "sealed-reporter@zorg.example"},
		Affected: []casework.AffectedInput{{
			Relation: "employee", Function: "huisarts", Capacity: "none_of_lid2",
			Private: takedown.Private{Name: "Sealed Name", Phones: []string{"06-00000000"}, Addresses: []string{"Sealedstraat 1"}},
		}},
		Incident: casework.IncidentInput{OccurredAt: Monday.Add(-48 * time.Hour), Summary: "sealed summary", Trigger: "sealed trigger"},
		Items: []casework.ItemInput{{
			Location: casework.LocationInput{Type: "url", URL: s.Page}, Kind: "original", ContentType: "text",
			DataCategories: []string{"home_address", "phone"}, Audience: "public",
		}},
	})
	s.OK(err)
	s.Case, s.Item, s.Person = out.Case, out.Items[0].Item, out.People[0]
}

// Digest brings the story on: a second coordinator wants one, and its hour has come.
func (s *Story) Digest() {
	s.T.Helper()
	ctx, svc := s.T.Context(), s.Service
	set, err := svc.GetSettings(ctx, coordinator)
	s.OK(err)
	set.Digest = &casework.DigestSettings{Hour: "09:00", People: []casework.DigestReader{
		{Person: "coordinator-2", Address: "anna@praktijk.example", Roles: []string{"coordinator"}},
	}}
	_, err = svc.PutSettings(ctx, coordinator, set.SettingsInput, set.Version)
	s.OK(err)
}

// Ready brings the story on: the gates of the intake and of a notice hold.
func (s *Story) Ready() {
	s.T.Helper()
	s.Opened()
	s.GatesHold()
}

// GatesHold does what the gates ask of people.
func (s *Story) GatesHold() {
	s.T.Helper()
	ctx, svc := s.T.Context(), s.Service
	_, err := svc.PutTriage(ctx, coordinator, s.Case, casework.TriageInput{ThreatLevel: "low", JudgedBy: "coördinator"}, 0)
	s.OK(err)
	evidence := s.Captured()
	_, err = svc.PutAssessment(ctx, specialist, s.Case, s.Item, casework.AssessmentInput{
		Grounds:    []casework.GroundInput{{Offence: "285d", Elements: map[string][]string{"E1": {evidence}, "E2": {evidence}, "E3": {evidence}, "E4": {evidence}}}},
		InCapacity: true, Effects: []string{"contact"}, Purpose: []string{"call_to_act"}, Amplification: "low", Locator: "line:2", Decision: "act",
	}, 0)
	s.OK(err)
	_, err = svc.PutConsent(ctx, coordinator, s.Case, s.Person, "notice", casework.ConsentInput{Status: "given", TextShown: "v1", Date: Monday, Channel: "phone"}, 0)
	s.OK(err)
	_, err = svc.PutAlignment(ctx, coordinator, s.Case, casework.AlignmentInput{Status: "not_wanted", Reason: "not_wanted"}, 0)
	s.OK(err)
}

// Captured brings evidence of the page in and gives its id.
func (s *Story) Captured() string {
	s.T.Helper()
	ctx, svc := s.T.Context(), s.Service
	content := []byte("sealed evidence bytes")
	sum := sha256.Sum256(content)
	upload, err := svc.BeginUpload(ctx, specialist, s.Case, casework.UploadInput{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content)), MediaType: "image/png"})
	s.OK(err)
	s.OK(svc.ReceiveUpload(ctx, upload, bytes.NewReader(content)))
	id, err := svc.CommitEvidence(ctx, specialist, s.Case, casework.EvidenceInput{
		UploadID: upload, ItemIDs: []string{s.Item}, CapturedAt: Monday.Add(-time.Hour), Zone: "Europe/Amsterdam",
		URL: s.Page, CapturedBy: "medewerker meldpunt", Tool: "browser 1", Original: true,
	})
	s.OK(err)
	return id
}

// Planned brings the story on: the hoster has its track.
func (s *Story) Planned() {
	s.T.Helper()
	s.Ready()
	s.Call("triage.json")
	s.Call("plan-tracks.json")
	s.View()
}

// View looks the track up and the document at which it stands.
func (s *Story) View() casework.TrackView {
	s.T.Helper()
	list, err := s.Service.ListTracks(s.T.Context(), specialist, s.Case)
	s.OK(err)
	if len(list) != 1 {
		s.T.Fatalf("%d tracks, want one", len(list))
	}
	s.Track = list[0].ID
	if list[0].Document != nil {
		s.Document = list[0].Document.ID
	}
	return list[0]
}

// Attempted brings the story on: the site operator could not be reached, which is the last thing
// that stands before the notice.
func (s *Story) Attempted() {
	s.T.Helper()
	_, err := s.Service.RecordAttempt(s.T.Context(), specialist, s.Case, casework.AttemptInput{Role: "poster", At: Monday, Result: "not_approached", Reason: "unsafe"})
	if err != nil {
		s.T.Fatal(err)
	}
	_, err = s.Service.RecordAttempt(s.T.Context(), specialist, s.Case, casework.AttemptInput{Role: "site_operator", Channel: "mail", At: Monday, Result: "no_answer"})
	s.OK(err)
}

// Reached brings the story on: nothing stands before the notice any more.
func (s *Story) Reached() {
	s.T.Helper()
	s.Planned()
	s.Attempted()
	s.Call("plan-step.json")
}

// Approved brings the story on: the notice is drafted and has its yes.
func (s *Story) Approved() {
	s.T.Helper()
	s.Reached()
	s.Call("draft-document.json")
	s.Allowed()
}

// Allowed brings the story on: the document that stands there has its yes.
func (s *Story) Allowed() {
	s.T.Helper()
	s.View()
	ctx, svc := s.T.Context(), s.Service
	d, err := svc.GetDocument(ctx, specialist, s.Document)
	s.OK(err)
	s.OK(svc.DecideDocument(ctx, adviser, s.Document, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash}))
	s.Call("plan-step.json")
}

// Claimed brings the story on: the hoster says that the page is gone.
func (s *Story) Claimed() {
	s.T.Helper()
	s.Approved()
	s.Call("send-document.json")
	s.Removed()
}

// Removed brings the story on: the hoster says so of what was sent.
func (s *Story) Removed() {
	s.T.Helper()
	_, err := s.Service.RegisterReply(s.T.Context(), specialist, casework.ReplyInput{
		DocumentID: s.Document, Kind: "decision", Decision: "removed", Via: "mail", ReceivedAt: Monday,
	})
	s.OK(err)
	s.Call("plan-step.json")
}

// Dispatch is the status of the document's dispatch; empty before there is one.
func (s *Story) Dispatch() string {
	s.T.Helper()
	d, err := s.Service.GetDocument(s.T.Context(), specialist, s.Document)
	s.OK(err)
	if d.LastDispatch == nil {
		return ""
	}
	return d.LastDispatch.Status
}

// Fill puts the story's own ids in the places of a sample's.
func (s *Story) Fill(sample string) []byte {
	return []byte(strings.NewReplacer("case_example", s.Case, "track_example", s.Track, "doc_example", s.Document,
		"dispatch_example", "dispatch_"+strings.TrimPrefix(s.Document, "doc_")+"_1").Replace(sample))
}

// Entries counts the case's history.
func (s *Story) Entries() int {
	s.T.Helper()
	auditor := takedown.Principal{ID: "auditor-1", Roles: []takedown.Role{takedown.Auditor}}
	page, err := s.Service.CaseHistory(s.T.Context(), auditor, s.Case, "", 200)
	s.OK(err)
	return len(page.Items)
}
