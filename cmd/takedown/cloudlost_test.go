package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/ontdox/takedown/internal/witness"
)

// lostNow is case time when the engine is lost: the first tracks have ended by
// then.
func lostNow() time.Time { return at(time.March, 22, 12, 0) }

// lost is one case while the engine is lost.
type lost struct {
	*story
	t     *testing.T
	url   string        // the page that it is about, host and path
	track object        // as it stood
	doc   object        // what it stood at
	let   chan struct{} // closed lets go of the mail that a server holds
}

// standing is a status that a track can have, and what its next generation does.
type standing struct {
	status string // of the track, or the state that it waits in
	why    string // what it waits for there
	route  string // hoster without
	ends   bool   // no generation follows
	// bring takes a new case's track there; goesOn acts on it afterwards. last, of
	// what leaves the engine without rest, is the end of bring.
	bring, last, goesOn func(*lost)
}

func standings() []standing {
	return []standing{
		{status: "done", ends: true, bring: (*lost).bringRemoved, goesOn: func(l *lost) { l.ended("hoster", "removed") }},
		{status: "done", why: "closed", ends: true, bring: (*lost).bringClosed, goesOn: (*lost).reopened},
		{status: "stopped", ends: true, bring: func(l *lost) { l.bringApproval(); l.act("stop") }, goesOn: func(*lost) {}},
		{status: "intake", bring: func(l *lost) { l.open(false) }, goesOn: (*lost).intakeGoesOn},
		{status: "AwaitGate", why: "site_operator_attempt", bring: func(l *lost) { l.open(false); l.allGates() }, goesOn: func(l *lost) { l.attempt(); l.stands("AwaitApproval", "approval") }},
		{status: "AwaitApproval", why: "approval", bring: (*lost).bringApproval, goesOn: (*lost).approvedOnce},
		{status: "AwaitApproval", why: "edit", bring: func(l *lost) { l.bringApproval(); l.reject() }, goesOn: (*lost).edited},
		{status: "AwaitFiling", why: "filing", route: "platform", bring: (*lost).bringFiling, goesOn: (*lost).filed},
		{status: "AwaitReply", why: "reply", bring: (*lost).bringReply, goesOn: (*lost).answered},
		{status: "AwaitReply", why: "dispatch_uncertain", bring: (*lost).bringUncertain, goesOn: (*lost).settledAsSent},
		{status: "AwaitHandOver", why: "handover", route: "legal_order", bring: (*lost).bringHandOver, goesOn: (*lost).handedOver},
		{status: "AwaitFeedback", why: "feedback", route: "legal_order", bring: func(l *lost) { l.bringHandOver(); l.handOver() }, goesOn: (*lost).fedBack},
		{status: "AwaitDate", why: "held", bring: func(l *lost) { l.bringApproval(); l.act("hold") }, goesOn: func(l *lost) { l.act("resume"); l.stands("AwaitApproval", "approval") }},
		{status: "AwaitDate", why: "second_look", bring: func(l *lost) { l.bringReply(); l.saysRemoved() }, goesOn: func(l *lost) { l.stands("AwaitDate", "second_look") }},
		{status: "AwaitDate", why: "quiet_hours", bring: func(l *lost) { l.bringApproval(); l.quiet("10:00", "20:00"); l.approve(l.caseID, "hoster") }, goesOn: (*lost).quietIsOver},
		{status: "retry", bring: (*lost).urgentApproval, last: (*lost).isBusy, goesOn: func(l *lost) { l.stands("AwaitReply", "reply") }},
		{status: "sending", bring: (*lost).urgentApproval, last: (*lost).isHeld, goesOn: func(l *lost) { l.stands("AwaitReply", "reply") }},
	}
}

// TestTracksGoOnWhenLocalStackIsLost: LocalStack is killed and started anew
// while tracks stand in each status that one can have. What has not ended goes
// on from the store in its next generation, with a task for a person; nothing is
// sent twice.
func TestTracksGoOnWhenLocalStackIsLost(t *testing.T) {
	t.Parallel()
	on := cloudServices(t)
	cache, err := witness.DefaultCache()
	if err != nil {
		t.Fatal(err)
	}
	stack, err := cache.Start(t.Context(), witness.LocalStack)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stack.Stop() })
	on.StepFunctions = stack.Endpoint
	h, w := newCloudHost(t, on)
	server := h.start()
	rows := standings()
	cases := h.bringAll(t, w, server, rows)
	sent, _ := w.mails()
	port, err := stack.Port()
	if err != nil {
		t.Fatal(err)
	}
	stack.Kill()
	for _, l := range cases {
		l.heldUntilNow()
	}
	stack.Stop()
	if stack, err = cache.StartAt(context.WithoutCancel(t.Context()), witness.LocalStack, port); err != nil {
		t.Fatal(err)
	}
	said := ""
	if err := h.goOn(t.Context(), func(line string) { said += line }); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf(" %d executions go on", alive(rows)); !strings.Contains(said, want) {
		t.Errorf("it says %q, want %s", said, want)
	}
	if n, doubled := w.mails(); n != sent+2 || doubled != 0 { // the retry's, and the one that was held
		t.Errorf("%d mails after %d, %d doubled", n, sent, doubled)
	}
	allGoOn(t, rows, cases)
	if _, doubled := w.mails(); doubled != 0 {
		t.Errorf("%d mails arrived twice", doubled)
	}
	lookBehind(t, h)
	if n := strings.Count(h.log.String(), "settling failed"); n > 2 { // of the two who did not wait
		t.Errorf("%d answers did not wait until all was at rest", n)
	}
}

// bringAll makes a case for each row and brings its track there.
func (h *cloudHost) bringAll(t *testing.T, w *world, server string, rows []standing) []*lost {
	t.Helper()
	cases := make([]*lost, len(rows))
	h.lost(t, w, server, 0).setUp()
	for n, row := range rows {
		cases[n] = h.lost(t, w, server, n+1)
		row.bring(cases[n])
		cases[n].stood(row)
	}
	for n, row := range rows {
		if row.last != nil {
			row.last(cases[n])
			cases[n].stood(row)
		}
	}
	return cases
}

// allGoOn looks at each track as the loss left it, and then acts on it. Backward,
// because quiet hours, the last wait, would hold the mail of those before.
func allGoOn(t *testing.T, rows []standing, cases []*lost) {
	t.Helper()
	repaired := cases[0].repaired()
	for n, row := range rows {
		t.Run(row.name(), func(t *testing.T) {
			cases[n].t = t
			cases[n].followed(row, repaired)
		})
	}
	for n, row := range slices.Backward(rows) {
		if row.goesOn(cases[n]); cases[n].err != nil {
			t.Errorf("%s: %v", row.name(), cases[n].err)
		}
	}
	cases[0].advanceTo(at(time.March, 22, 14, 0))
	for n, row := range rows {
		if row.why != "second_look" {
			continue
		}
		if cases[n].ended("hoster", "removed"); cases[n].err != nil {
			t.Errorf("%s: %v", row.name(), cases[n].err)
		}
	}
}

func alive(rows []standing) int {
	n := 0
	for _, row := range rows {
		if !row.ends {
			n++
		}
	}
	return n
}

func (r standing) name() string { return strings.TrimSuffix(r.status+" "+r.why, " ") }

func (r standing) way() string {
	if r.route == "" {
		return "hoster"
	}
	return r.route
}

func (h *cloudHost) lost(t *testing.T, w *world, server string, n int) *lost {
	d := &driver{ctx: context.Background(), server: server, tokens: h.tokens, scope: fmt.Sprintf("lost-%d", n)}
	return &lost{story: &story{driver: d, tl: newTimeline(t.Output()), world: w}, t: t, url: fmt.Sprintf("%s/onderwerp/%d", forumHost, n)}
}

// stood notes where a track stands, and fails unless it is what the row says.
func (l *lost) stood(r standing) {
	l.t.Helper()
	if r.status != "intake" {
		l.track = l.story.track(l.caseID, r.way())
		if id := l.track.str("document", "id"); id != "" {
			l.doc = l.get("specialist", "/v1/documents/"+id)
		}
	}
	l.at(r)
	if l.err != nil {
		l.t.Fatalf("%s: %v", r.name(), l.err)
	}
}

// at fails unless the track stands where the row says.
func (l *lost) at(r standing) {
	l.t.Helper()
	switch {
	case r.status == "intake":
		if codes := whys(l.get("coordinator", l.casePath(""))); len(codes) == 0 {
			l.fail("the intake waits for nothing")
		}
	case r.ends:
		if got := l.story.track(l.caseID, r.way()).str("status"); got != r.status {
			l.fail("the track is %s", got)
		}
	case r.why != "":
		l.stands(r.status, r.why, r.way())
	}
}

// stands fails unless the track waits in a state for a reason.
func (l *lost) stands(state, why string, route ...string) {
	l.t.Helper()
	tr := l.expect(l.caseID, append(route, "hoster")[0], state)
	if got := fmt.Sprint(tr.at("waitsFor", "why")); l.err == nil && !strings.Contains(got, why) {
		l.fail("the track waits at %s for %s, not for %s", state, got, why)
	}
}

// followed looks at what the loss left: the next generation in the same status,
// and a task; or neither, where the track had ended.
func (l *lost) followed(r standing, repaired map[string]bool) {
	l.t.Helper()
	want := 2
	subject := l.caseID
	if r.ends {
		want = 1
	}
	if r.status != "intake" {
		subject = l.track.str("id")
		now := l.get("specialist", "/v1/tracks/"+subject)
		if got, ok := now.at("generation").(float64); !ok || int(got) != want {
			l.t.Errorf("generation %v, want %d", now.at("generation"), want)
		}
		if doc := l.doc.str("id"); now.str("document", "id") != doc {
			l.t.Errorf("it stands at document %s, not at %s", now.str("document", "id"), doc)
		}
	}
	if repaired[subject] == r.ends {
		l.t.Errorf("a task to look at the repair: %t", repaired[subject])
	}
	if l.at(r); l.err != nil {
		l.t.Error(l.err)
	}
}

// repaired are the subjects of the tasks that a repair leaves.
func (l *lost) repaired() map[string]bool {
	out := map[string]bool{}
	for _, group := range l.get("coordinator", "/v1/worklist?role=coordinator&limit=200").list("items") {
		for _, task := range group.list("tasks") {
			if group.str("kind") == "look_at_repair" {
				out[task.str("subject")] = true
			}
		}
	}
	return out
}

// heldUntilNow lets go of the mail that is held, if one is: the function that
// sends it lives on, and records what became of it.
func (l *lost) heldUntilNow() {
	l.t.Helper()
	if l.let == nil {
		return
	}
	close(l.let)
	l.until("specialist", "/v1/documents/"+l.doc.str("id"), func(d object) bool { return d.str("status") == "delivered" })
	if l.err != nil {
		l.t.Fatal(l.err)
	}
}

// meets has the next mail met by something, and gives what is closed then.
func (l *lost) meets(f func(c *smtp.Conn, take func() error) error) (met chan struct{}) {
	met = make(chan struct{})
	l.world.mu.Lock()
	defer l.world.mu.Unlock()
	l.world.meets = func(c *smtp.Conn, take func() error) error {
		close(met)
		return f(c, take)
	}
	return met
}

// approveUntil approves without waiting for what follows: the execution does not
// come to rest. The answer is held back, the approval is not.
func (l *lost) approveUntil(met chan struct{}) {
	l.t.Helper()
	doc := l.document(l.caseID, "hoster")
	ctx, cancel := context.WithCancel(context.Background())
	other := *l.driver
	other.ctx, other.scope = ctx, l.scope+"-unanswered"
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		other.post("legal_adviser", "/v1/documents/"+doc.str("id")+"/decision", map[string]any{"decision": "approve", "contentHash": doc.str("contentHash")})
	}()
	<-met
	cancel()
	<-answered
}

// until polls an answer until it is as wanted, or the story fails.
func (l *lost) until(role, path string, wanted func(object) bool) {
	l.t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); l.err == nil; <-tick.C {
		got := l.call(role, http.MethodGet, path, nil)
		if wanted(got) {
			return
		}
		if time.Now().After(end) {
			l.fail("%s stays %v", path, got)
		}
	}
}
