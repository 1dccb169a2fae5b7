package local_test

import (
	"context"
	"testing"

	"github.com/ontdox/takedown/internal/audit"
)

// TestAServerThatStopsLeavesNoEntryOutOfTheLog: what was written since the last
// sweep is sequenced when the work ends, though its context is over by then.
func TestAServerThatStopsLeavesNoEntryOutOfTheLog(t *testing.T) {
	app := open(t, config(t.TempDir()))
	work, stop := context.WithCancel(t.Context())
	wait, err := app.Start(work)
	if err != nil {
		t.Fatal(err)
	}
	act(t, app, "auditor-1")
	act(t, app, "auditor-2")
	if rep := verified(t, app, audit.Options{}); rep.Pending == 0 {
		t.Fatalf("nothing waits for the log: %+v", rep)
	}
	stop()
	wait()
	if rep := verified(t, app, audit.Options{}); rep.Pending != 0 || rep.Head.N != int64(rep.Entries) {
		t.Errorf("%d entries, log of %d leaves, %d not in it", rep.Entries, rep.Head.N, rep.Pending)
	}
}
