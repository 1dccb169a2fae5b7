package dynamostore_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/store/dynamostore"
	"github.com/ontdox/takedown/internal/store/dynamostore/dynamotest"
)

// TestNothingIsScanned looks at the source: no call reads a whole table, or
// speaks PartiQL, which may.
func TestNothingIsScanned(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		ok(t, err)
		for _, call := range []string{".Scan(", "ScanInput", "ScanPaginator", "ExecuteStatement", "ExecuteTransaction"} {
			if strings.Contains(string(text), call) {
				t.Errorf("%s has %s", f, call)
			}
		}
	}
}

// TestCallsAreOfAFewKinds records every call of a store's whole port: these
// actions are what a role must be allowed.
func TestCallsAreOfAFewKinds(t *testing.T) {
	onEach(t, func(t *testing.T, cfg aws.Config) {
		table, meter, ctx := newTable(t, cfg), &dynamotest.Meter{}, context.Background()
		s := dynamostore.New(meter.On(cfg), dynamostore.Options{Table: table})
		commit(t, s, change("1"))
		_, err := s.Get(ctx, casework.Key{Kind: "item", ID: "item_1"}, casework.Key{Kind: "item", ID: "item_2"})
		ok(t, err)
		_, err = s.List(ctx, caseA, "item", "", 5)
		ok(t, err)
		_, err = s.Query(ctx, casework.Query{Index: "due", Partition: "wait", Limit: 5})
		ok(t, err)
		_, err = s.Log().Pending(ctx, 5)
		ok(t, err)
		_, err = s.Archive().Streams(ctx)
		ok(t, err)
		_, err = s.TakeLease(ctx, "key", "mac", noon, noon.Add(time.Minute))
		ok(t, err)
		ok(t, s.DropLease(ctx, "key"))
		ok(t, s.DropAllLeases(ctx))
		ok(t, s.PutToken(ctx, "wait", "token"))
		ok(t, s.MarkDelivered(ctx, "wake_1"))
		allowed := map[string]bool{
			"GetItem": true, "BatchGetItem": true, "Query": true, "PutItem": true, "UpdateItem": true, "DeleteItem": true, "TransactWriteItems": true,
		}
		got := meter.Actions()
		for action := range got {
			if !allowed[action] {
				t.Errorf("the store calls %s", action)
			}
		}
		if len(got) != len(allowed) {
			t.Errorf("recorded %v", got)
		}
		if u := meter.Take(); u.Write == 0 || u.Read == 0 || u.Lists == 0 || u.Due == 0 {
			t.Errorf("nothing was counted: %+v", u)
		}
	})
}
