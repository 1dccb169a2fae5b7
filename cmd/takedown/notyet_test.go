package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerifyAndDoctorSayWhatIsNotYetInTheLog: entries that no signed head covers
// are counted, in words and as JSON; an installation without any says none.
func TestVerifyAndDoctorSayWhatIsNotYetInTheLog(t *testing.T) {
	dir := t.TempDir()
	data, key := filepath.Join(dir, "data"), filepath.Join(dir, "test.key")
	does := func(args ...string) string {
		t.Helper()
		e := runLine(t, append(args, "--key-file", key)...)
		if e.code != exitDone {
			t.Fatalf("%v: exit %d: %s", args, e.code, e.err)
		}
		return e.out
	}
	does("token", "create", "--role", "auditor", "--name", "au-1", "--data", data)
	for _, args := range [][]string{{"verify", data}, {"doctor", "--data", data}} {
		said := does(args...)
		var got struct {
			Entries, NotYetInLog int
			History              struct{ Entries, NotYetInLog int }
		}
		if err := json.Unmarshal([]byte(does(append(args, "--json")...)), &got); err != nil {
			t.Fatal(err)
		}
		if n := got.NotYetInLog + got.History.NotYetInLog; n == 0 || n != got.Entries+got.History.Entries {
			t.Errorf("%s --json says %+v", args[0], got)
		}
		if !strings.Contains(said, "entries not yet in the log") {
			t.Errorf("%s says\n%s", args[0], said)
		}
	}
	does("backup", filepath.Join(dir, "backup.tar"), "--data", data) // it sequences
	if said := does("verify", data); strings.Contains(said, "not yet in the log") {
		t.Errorf("verify says\n%s", said)
	}
}
