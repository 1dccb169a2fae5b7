package audittest_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/audit/audittest"
)

// FuzzDecode: a line that is read is the line that would be written.
func FuzzDecode(f *testing.F) {
	e := audittest.Entry("entry_1")
	e.Stream, e.Seq, e.Prev = "case_1", 1, audit.Genesis
	good, err := audit.Encode(e)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(bytes.Replace(good, []byte(`"seq":1`), []byte(`"seq":1.0`), 1))
	f.Add(bytes.Replace(good, []byte(`specialist`), []byte(`\u0073pecialist`), 1))
	f.Add(append(bytes.Clone(good), ' '))
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := audit.Decode(line)
		if err != nil {
			return
		}
		if again, err := audit.Encode(e); err != nil || !bytes.Equal(again, line) {
			t.Errorf("%q is read and would be written as %q, %v", line, again, err)
		}
	})
}

// FuzzOpenHead: of what is not the signed note itself, no byte is taken.
func FuzzOpenHead(f *testing.F) {
	m := audittest.NewMemory()
	audittest.Fill(f, audittest.Bench{Archive: m, Commit: m.Commit}, 0, 3)
	signer, public := audittest.Keys(f)
	if _, err := audit.NewSequencer(m, audit.FileHeads(filepath.Join(f.TempDir(), "heads.log")), signer).CatchUp(f.Context()); err != nil {
		f.Fatal(err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		f.Fatal(err)
	}
	good := m.Data.Head.Note
	f.Add(good)
	f.Add(append(bytes.Clone(good), '\n'))
	f.Add(bytes.Replace(good, []byte("\n3\n"), []byte("\n03\n"), 1))
	f.Fuzz(func(t *testing.T, msg []byte) {
		if h, err := audit.OpenHead(msg, verifier); err == nil && !bytes.Equal(msg, good) {
			t.Errorf("%q is taken as a head of %d", msg, h.Tree.N)
		}
	})
}
