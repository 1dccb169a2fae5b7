package casework_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/audit/audittest"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/skip"
	"github.com/ontdox/takedown/internal/store/dynamostore"
	"github.com/ontdox/takedown/internal/store/dynamostore/dynamotest"
)

// metered is a live case whose store is a DynamoDB table.
type metered struct {
	*live
	meter *dynamotest.Meter
	table *dynamostore.Store
}

// newMetered gives a case's world before anything has happened, on an empty
// table of dynoxide, which counts capacity by the service's documented rules.
// (DynamoDB Local charges a row of a transaction twice over if it has a key of
// an index, and nothing for a row that is not there.)
func newMetered(t *testing.T) *metered {
	t.Helper()
	endpoint := os.Getenv("TAKEDOWN_DYNOXIDE")
	if endpoint == "" {
		skip.Now(t, "TAKEDOWN_DYNOXIDE is not set: no such service runs")
	}
	cfg := aws.Config{Region: "eu-west-1", BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("localkey", "local", "")}
	name := fmt.Sprintf("takedown-cost-%d-%d", os.Getpid(), time.Now().UnixNano())
	db := dynamodb.NewFromConfig(cfg)
	if _, err := db.CreateTable(context.Background(), dynamotest.FromTemplate(t, "../../infra/template.yaml", name)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
			t.Error(err)
		}
	})
	m := &metered{live: newIdle(t, asItIs), meter: &dynamotest.Meter{}}
	m.table = dynamostore.New(m.meter.On(cfg), dynamostore.Options{Table: name})
	m.s.Store = m.table
	return m
}

// spent prints what was spent since the last time and gives it.
func (m *metered) spent(what string) dynamotest.Units {
	m.t.Helper()
	u := m.meter.Take()
	m.t.Logf("| %s | %.1f | %.1f | %.0f | %.0f | %d |", what, u.Write, u.Read, u.Lists, u.Due, u.Calls)
	m.t.Logf("rows in transactions: %v", u.Rows)
	return u
}

// mostOfARung is what a rung may cost before somebody must say why (docs/cost.md).
const (
	mostWritesOfARung = 235
	mostReadsOfARung  = 312
)

// TestWhatARungCosts plays a case over a table and prints what each use case
// costs there (docs/cost.md). It holds what must not grow unseen, and that
// nothing is scanned.
func TestWhatARungCosts(t *testing.T) {
	t.Parallel()
	m := newMetered(t)
	t.Log("| use case | write units | read units | of the writes: lists | outbox | calls |")
	m.setUp()
	m.spent("contact, settings, a case triaged, captured, assessed, consented, aligned")
	m.open(caseInput("https://forum.example/t/2"))
	m.spent("a submission: a case with one item and one person")
	m.settle()
	m.spent("its intake, until it waits")
	rung := dynamotest.Units{}
	step := func(what string, do func()) {
		do()
		u := m.spent(what)
		rung.Write += u.Write
		rung.Read += u.Read
		rung.Calls += u.Calls
	}
	step("the attempt is recorded, the notice planned and drafted", m.attempt)
	step("approved, sent, its clock started, its answer awaited", m.approve)
	step("the answer comes, is read, and the track goes on", m.answer)
	t.Logf("| a rung from plan to answer | %.1f | %.1f | | | %d |", rung.Write, rung.Read, rung.Calls)
	if rung.Write > mostWritesOfARung || rung.Read > mostReadsOfARung {
		t.Errorf("a rung costs %.0f write and %.0f read units, more than %d and %d", rung.Write, rung.Read, mostWritesOfARung, mostReadsOfARung)
	}
	m.sequence()
	m.spent("the sequencer takes all of it")
	m.pass(time.Minute)
	m.spent("a sweep in which little is due")
	for action := range m.meter.Actions() {
		if action == "Scan" || action == "BatchWriteItem" {
			t.Errorf("the store calls %s", action)
		}
	}
}

// sequence makes every entry a leaf of the log.
func (m *metered) sequence() {
	m.t.Helper()
	signer, _ := audittest.Keys(m.t)
	heads := audit.FileHeads(filepath.Join(m.t.TempDir(), "heads.log"))
	n, err := audit.NewSequencer(m.table.Log(), heads, signer).CatchUp(context.Background())
	m.ok(err)
	m.t.Logf("%d entries became leaves", n)
}

// answer has the hoster refuse the notice.
func (m *metered) answer() {
	m.t.Helper()
	d := m.document()
	_, err := m.s.RegisterReply(context.Background(), specialist, casework.ReplyInput{DocumentID: d.ID, Kind: "decision", Decision: "refused", Via: "mail", ReceivedAt: m.clock.at})
	m.ok(err)
	m.settle()
}

// TestWhatADigestCosts prints what send-digest costs over a table (docs/cost.md)
// and holds what its role in infra/template.yaml allows it to write.
func TestWhatADigestCosts(t *testing.T) {
	t.Parallel()
	m := newMetered(t)
	m.settings(func(in *casework.SettingsInput) {
		in.Digest = &casework.DigestSettings{Hour: "09:00", People: []casework.DigestReader{
			{Person: "coordinator-2", Address: "anna@praktijk.example", Roles: []string{"coordinator"}},
			{Person: adviser.ID, Address: "bas@praktijk.example", Roles: []string{"legal_adviser"}},
		}}
	})
	m.open(caseInput("https://forum.example/t/2"))
	m.settle()
	m.spent("settings, a case")
	before := m.meter.Actions()
	send := func(what string, want casework.DigestResult) map[string]int {
		t.Helper()
		got, err := m.s.SendDigest(context.Background(), casework.DigestInput{V: casework.InputVersion})
		m.ok(err)
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		return m.spent(what).Rows
	}
	for kind := range send("two people, one of them with one task: one mail, one quiet", casework.DigestResult{Sent: 1, Quiet: 1}) {
		if !slices.Contains([]string{"s/head", "s/r", "s/e", "k", "e"}, kind) {
			t.Errorf("a digest writes a row %s, which its role does not allow", kind)
		}
	}
	if rows := send("the day's digests are out", casework.DigestResult{}); len(rows) > 0 {
		t.Errorf("nothing to do wrote %v", rows)
	}
	for action, n := range m.meter.Actions() {
		if n > before[action] && !slices.Contains([]string{"GetItem", "BatchGetItem", "Query", "TransactWriteItems"}, action) {
			t.Errorf("send-digest calls %s", action)
		}
	}
}
