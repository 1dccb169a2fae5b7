package casework_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/engine/localengine"
	"github.com/ontdox/takedown/internal/takedown"
	"github.com/ontdox/takedown/statemachines"
)

// live is a fixture whose machines run, on the embedded engine over the same
// database, with a mail server that does what a test says.
type live struct {
	*fixture
	mail  *scriptedMailer
	pages *scriptedPages
	run   *localengine.Engine
	c     string // the case
	page  string // its item
}

// scriptedMailer answers each attempt as it is told; sent without more.
type scriptedMailer struct {
	mu       sync.Mutex
	outcomes []casework.MailOutcome
	attempts []casework.Message
	sent     []casework.Message
	refuse   []string // whom a permanent outcome names
	during   func()   // called while a message is on its way
}

func (m *scriptedMailer) Check(casework.Message) error { return nil }

func (m *scriptedMailer) Send(_ context.Context, msg casework.Message) (casework.MailResult, error) {
	if m.during != nil {
		m.during()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	outcome := casework.MailSent
	if len(m.outcomes) > 0 {
		outcome, m.outcomes = m.outcomes[0], m.outcomes[1:]
	}
	m.attempts = append(m.attempts, msg)
	if outcome == casework.MailSent {
		m.sent = append(m.sent, msg)
	}
	res := casework.MailResult{Outcome: outcome, MessageID: msg.ID, Reply: "said " + string(outcome)}
	if outcome == casework.MailPermanent {
		res.Refused = m.refuse
	}
	return res, nil
}

func (m *scriptedMailer) says(outcomes ...casework.MailOutcome) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.outcomes = outcomes
}

func (m *scriptedMailer) counts() (attempts, sent int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.attempts), len(m.sent)
}

// scriptedPages shows the same page everywhere, unless a language has its own.
type scriptedPages struct {
	mu     sync.Mutex
	status int
	body   string
	final  string            // where redirects led; the page itself without
	in     map[string]string // by language
	asked  []string          // languages, in order
	gone   string            // the page that is not there, whatever the others show
}

func (p *scriptedPages) Fetch(_ context.Context, url, language string) (casework.FetchedPage, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, language)
	page := casework.FetchedPage{Status: p.status, Body: []byte(p.body), Size: int64(len(p.body)), FinalURL: p.final}
	if page.FinalURL == "" {
		page.FinalURL = url
	}
	if url == p.gone {
		page.Status, page.Body, page.Size = 404, nil, 0
	}
	if body, ok := p.in[language]; ok {
		page.Status, page.Body, page.Size = 200, []byte(body), int64(len(body))
	}
	return page, nil
}

func (p *scriptedPages) shows(status int, body string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status, p.body = status, body
}

const forumURL = "https://forum.example/t/1"

// newLive opens a case with one page at a hoster, ready but for the attempt to
// reach the site operator.
func newLive(t *testing.T) *live {
	t.Helper()
	return newLiveBy(t, asItIs)
}

func asItIs(h localengine.Handler) localengine.Handler { return h }

// newLiveBy is newLive with every function called in a way of the test's own.
func newLiveBy(t *testing.T, by func(localengine.Handler) localengine.Handler) *live {
	t.Helper()
	l := newIdle(t, by)
	l.setUp()
	return l
}

// newIdle is newLiveBy before anything has happened.
func newIdle(t *testing.T, by func(localengine.Handler) localengine.Handler) *live {
	t.Helper()
	f := newFixture(t)
	l := &live{fixture: f, mail: &scriptedMailer{}, pages: &scriptedPages{status: 200}}
	f.s.Mailer, f.s.Pages, f.s.Simulated = l.mail, l.pages, true
	began := time.Now()
	f.s.HostNow = func() time.Time { // the host's time passes with the case's
		now, err := f.clock.Now(context.Background())
		f.ok(err)
		return began.Add(now.Sub(monday))
	}
	handlers, subst := map[string]localengine.Handler{}, map[string]string{}
	for name, h := range f.s.Handlers() {
		handlers[name] = by(localengine.Handler(h))
		camel := ""
		for _, part := range strings.Split(name, "-") {
			camel += strings.ToUpper(part[:1]) + part[1:]
		}
		subst[camel] = name
	}
	var err error
	l.run, err = localengine.New(localengine.Options{
		DB: f.store.Writer(), Machines: map[string][]byte{"case": statemachines.Case, "track": statemachines.Track},
		Handlers: handlers, Substitutions: subst, Now: f.clock.Now, HostNow: time.Now,
		Damaged: func(ctx context.Context, execution string, _ error) { f.ok(f.s.ExecutionDamaged(ctx, execution)) },
	})
	f.ok(err)
	f.ok(l.run.Run(context.Background()))
	t.Cleanup(l.run.Stop)
	f.s.SetEngine(l.run)
	return l
}

// settle lets everything happen that follows from the last act.
func (l *live) settle() {
	l.t.Helper()
	l.ok(l.run.Tick(context.Background()))
	l.ok(l.s.Settle(context.Background()))
}

// pass advances case time and lets happen what is due.
func (l *live) pass(d time.Duration) {
	l.t.Helper()
	l.clock.advance(d)
	l.settle()
	_, err := l.s.Sweep(context.Background(), casework.SweepInput{V: casework.InputVersion})
	l.ok(err)
	l.settle()
}

func (l *live) setUp() {
	l.t.Helper()
	l.setUpWith(func(*casework.OpenCaseInput) {})
}

// setUpWith is setUp with a case of the test's own.
func (l *live) setUpWith(change func(*casework.OpenCaseInput)) {
	l.t.Helper()
	_, err := l.s.PutContact(context.Background(), coordinator, "contact_hoster", hosterInput("abuse@host.example"), 0)
	l.ok(err)
	l.settings(func(*casework.SettingsInput) {})
	in := caseInput(forumURL)
	change(&in)
	l.readied(in)
}

// setUpAt is setUp with the page at another contact.
func (l *live) setUpAt(contact string, in casework.ContactInput) {
	l.t.Helper()
	_, err := l.s.PutContact(context.Background(), coordinator, contact, in, 0)
	l.ok(err)
	l.settings(func(*casework.SettingsInput) {})
	l.readied(caseInput(forumURL))
}

// newSecond is another case of the same deployment, up to its notice.
func newSecond(l *live, url string) *live {
	l.t.Helper()
	second := *l
	second.readied(caseInput(url))
	second.attempt()
	return &second
}

// readied opens a case and everything up to the attempt to reach the site operator.
func (l *live) readied(in casework.OpenCaseInput) {
	l.t.Helper()
	opened := l.open(in)
	l.c, l.page = opened.Case, opened.Items[0].Item
	l.makeReady(opened)
}

// makeReady does what is between an opened case and the attempt.
func (l *live) makeReady(opened casework.CaseOpened) {
	l.t.Helper()
	ctx := context.Background()
	_, err := l.s.PutTriage(ctx, coordinator, l.c, casework.TriageInput{ThreatLevel: "low", JudgedBy: "coördinator"}, 0)
	l.ok(err)
	evid := l.capture(l.c, l.page)
	_, err = l.s.PutAssessment(ctx, specialist, l.c, l.page, casework.AssessmentInput{
		Grounds:    []casework.GroundInput{{Offence: "285d", Elements: map[string][]string{"E1": {evid}, "E2": {evid}, "E3": {evid}, "E4": {evid}}}},
		InCapacity: true, Effects: []string{"contact"}, Purpose: []string{"call_to_act"}, Amplification: "low", Locator: "line:2", Decision: "act",
	}, 0)
	l.ok(err)
	person := opened.People[0]
	for _, action := range []string{"notice", "order_request"} {
		_, err = l.s.PutConsent(ctx, coordinator, l.c, person, action, casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone"}, 0)
		l.ok(err)
	}
	_, err = l.s.PutAlignment(ctx, coordinator, l.c, casework.AlignmentInput{Status: "not_wanted", Reason: "not_wanted"}, 0)
	l.ok(err)
	l.settle()
}

func hosterInput(mail string) casework.ContactInput {
	return casework.ContactInput{
		Kind: "hoster", LegalName: "Voorbeeldhost B.V.", ServiceKind: "hosting", Hosts: []string{"forum.example"}, Country: "NL", Languages: []string{"nl"},
		Channels: []takedown.Channel{{Kind: "mail", Address: mail, Purpose: "notice"}}, FollowsNTDCode: true,
		Source: "https://host.example/abuse", LastVerified: monday.Add(-time.Hour),
	}
}

// settings changes the settings.
func (l *live) settings(change func(*casework.SettingsInput)) {
	l.t.Helper()
	ctx := context.Background()
	have, err := l.s.GetSettings(ctx, coordinator)
	l.ok(err)
	in := have.SettingsInput
	in.Organisation.Name, in.Organisation.Kind, in.Organisation.Unit = "Praktijk Voorbeeld", "care", "Meldpunt"
	in.Organisation.Mailbox, in.Organisation.Phone, in.Organisation.PostalAddress = "meldpunt@praktijk.example", "+31 20 0000000", "Postbus 0"
	in.Organisation.DutyPhone = "+31 20 0000009"
	in.Mail.From = "meldpunt@praktijk.example"
	change(&in)
	_, err = l.s.PutSettings(ctx, coordinator, in, have.Version)
	l.ok(err)
	l.settle()
}

// attempt opens the last gate of the hoster's track: a notice is drafted.
func (l *live) attempt() {
	l.t.Helper()
	_, err := l.s.RecordAttempt(context.Background(), specialist, l.c, casework.AttemptInput{Role: "poster", At: monday, Result: "not_approached", Reason: "unsafe"})
	l.ok(err)
	_, err = l.s.RecordAttempt(context.Background(), specialist, l.c, casework.AttemptInput{Role: "site_operator", Channel: "mail", At: monday, Result: "no_answer"})
	l.ok(err)
	l.settle()
}

// join has somebody else report the same page: a person with an alias joins
// the case, and consents to notices.
func (l *live) join(alias string) {
	l.t.Helper()
	ctx := context.Background()
	before, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	again := caseInput(forumURL)
	again.Affected[0].Private = takedown.Private{Aliases: []string{alias}}
	l.open(again)
	l.settle()
	after, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	for _, person := range after.People {
		if person.ID == before.People[0].ID {
			continue
		}
		_, err = l.s.PutConsent(ctx, coordinator, l.c, person.ID, "notice", casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone"}, 0)
		l.ok(err)
	}
	l.settle()
}

// track is the case's only track of a route.
func (l *live) track(route string) casework.TrackView {
	l.t.Helper()
	list, err := l.s.ListTracks(context.Background(), auditor, l.c)
	l.ok(err)
	for _, tr := range list {
		if tr.Route == route {
			return tr
		}
	}
	l.t.Fatalf("no track of route %s among %d", route, len(list))
	return casework.TrackView{}
}

// at fails the test unless the hoster's track waits in a state for a reason.
func (l *live) at(state, why string) {
	l.t.Helper()
	tr := l.track("hoster")
	if tr.WaitsFor == nil || tr.WaitsFor.State != state || (why != "" && !strings.HasPrefix(strings.Join(tr.WaitsFor.Why, ","), why)) {
		l.t.Fatalf("the track is %s and waits for %+v; want %s %s", tr.Status, tr.WaitsFor, state, why)
	}
}

func (l *live) document() casework.DocumentView {
	l.t.Helper()
	tr := l.track("hoster")
	if tr.Document == nil {
		l.t.Fatalf("the track stands at no document: %+v", tr.WaitsFor)
	}
	v, err := l.s.GetDocument(context.Background(), specialist, tr.Document.ID)
	l.ok(err)
	return v
}

func (l *live) approve() {
	l.t.Helper()
	d := l.document()
	l.ok(l.s.DecideDocument(context.Background(), adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash}))
	l.settle()
}

// mails fails the test unless so many attempts were made and so many arrived.
func (l *live) mails(attempts, sent int) {
	l.t.Helper()
	if a, s := l.mail.counts(); a != attempts || s != sent {
		l.t.Fatalf("%d attempts, %d sent; want %d and %d", a, s, attempts, sent)
	}
}

// tamper changes the database behind the program's back.
func (l *live) tamper(statement string) {
	l.t.Helper()
	r, err := l.store.Writer().Exec(statement)
	l.ok(err)
	n, err := r.RowsAffected()
	l.ok(err)
	if n == 0 {
		l.t.Fatalf("%s changed nothing", statement)
	}
}
