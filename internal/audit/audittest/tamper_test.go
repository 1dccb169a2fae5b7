package audittest_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/audit/audittest"
)

// export writes the history of one stream of a small installation.
func export(t *testing.T) []byte {
	t.Helper()
	m := audittest.NewMemory()
	audittest.Fill(t, audittest.Bench{Archive: m, Commit: m.Commit}, 0, 12)
	signer, public := audittest.Keys(t)
	s := audit.NewSequencer(m, audit.FileHeads(filepath.Join(t.TempDir(), "heads.log")), signer)
	if _, err := s.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := audit.Export(t.Context(), &b, m, "case_1", public); err != nil {
		t.Fatal(err)
	}
	if rep, err := audit.VerifyExport(bytes.NewReader(b.Bytes()), audit.Options{}); err != nil || rep.Entries != 4 {
		t.Fatalf("%d entries: %v", rep.Entries, err)
	}
	return b.Bytes()
}

// TestEveryFlippedBitIsFound flips each bit of an export. What is flipped in an
// entry is found on that entry's line.
func TestEveryFlippedBitIsFound(t *testing.T) {
	good := export(t)
	line, lines := 1, bytes.Count(good, []byte("\n"))
	for at := range good {
		for bit := range 8 {
			bad := bytes.Clone(good)
			bad[at] ^= 1 << bit
			_, err := audit.VerifyExport(bytes.NewReader(bad), audit.Options{})
			if err == nil {
				t.Fatalf("bit %d of byte %d is not missed", bit, at)
			}
			inEntry := line > 1 && line < lines
			breaks := good[at] == '\n' || bad[at] == '\n'
			if want := fmt.Sprintf("line %d, ", line); inEntry && !breaks && !strings.Contains(err.Error(), want) {
				t.Fatalf("bit %d of byte %d: %v, want it on %s", bit, at, err, want)
			}
		}
		if good[at] == '\n' {
			line++
		}
	}
}

// TestRemovedSwappedAndDoubledLinesAreFound: each with the line and entry that
// is wrong first.
func TestRemovedSwappedAndDoubledLinesAreFound(t *testing.T) {
	good := bytes.SplitAfter(export(t), []byte("\n"))
	good = good[:len(good)-1]
	join := func(lines ...[]byte) []byte { return bytes.Join(lines, nil) }
	id := func(line []byte) string { return string(regexp.MustCompile(`entry_\d+`).Find(line)) }
	// good: header, four entries, head.
	for name, c := range map[string]struct {
		bad  []byte
		want string
	}{
		"first removed":   {join(good[0], good[2], good[3], good[4], good[5]), "line 2, entry " + id(good[2])},
		"middle removed":  {join(good[0], good[1], good[3], good[4], good[5]), "line 3, entry " + id(good[3])},
		"last removed":    {join(good[0], good[1], good[2], good[3], good[5]), "line 5, entry none"},
		"swapped":         {join(good[0], good[1], good[3], good[2], good[4], good[5]), "line 3, entry " + id(good[3])},
		"doubled":         {join(good[0], good[1], good[1], good[2], good[3], good[4], good[5]), "line 3, entry " + id(good[1])},
		"tail cut off":    {join(good[:5]...), "line 6, entry none"},
		"head cut short":  {join(join(good[:5]...), good[5][:len(good[5])-9]), "line 6, entry none"},
		"line behind":     {join(join(good...), good[4]), "line 7, entry " + id(good[4])},
		"header removed":  {join(good[1:]...), "line 1, entry none"},
		"space added":     {join(good[0], append([]byte(" "), good[1]...), good[2], good[3], good[4], good[5]), "line 2, entry " + id(good[1])},
		"windows line":    {join(good[0], bytes.Replace(good[1], []byte("\n"), []byte("\r\n"), 1), good[2], good[3], good[4], good[5]), "line 2, entry " + id(good[1])},
		"nothing at all":  {nil, "line 1, entry none"},
		"another's entry": {join(good[0], bytes.Replace(good[1], []byte(`"case_1"`), []byte(`"case_2"`), 1), good[2], good[3], good[4], good[5]), "line 2, entry " + id(good[1])},
	} {
		_, err := audit.VerifyExport(bytes.NewReader(c.bad), audit.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want+": ") {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// FuzzVerifyExport: whatever is read, nothing panics, and only what Export
// wrote verifies.
func FuzzVerifyExport(f *testing.F) {
	f.Add([]byte(`{"format":"takedown-history-1","stream":"case_1","count":1,"key":"k"}` + "\n"))
	f.Add([]byte(`{"entry":{},"index":0,"proof":[]}` + "\n" + `{"head":""}` + "\n"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if rep, err := audit.VerifyExport(bytes.NewReader(raw), audit.Options{}); err == nil {
			t.Errorf("verified %d entries that nobody signed", rep.Entries)
		}
	})
}
