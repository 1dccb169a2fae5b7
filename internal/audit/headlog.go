package audit

import (
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// headLog is what a HeadStore's statements amount to.
type headLog struct {
	lines    []Head
	live     []livingHead   // heads that must be prefixes of the log
	past     [][]livingHead // live, as it stood after each line
	gone     []tlog.Tree    // heads that a declared restore gave up
	restores []Head
}

// livingHead is a head with its line among the statements.
type livingHead struct {
	line int64
	tree tlog.Tree
}

// readHeads opens every statement and works out which heads still hold. A
// restore must go on from the head that stood when it was declared.
func readHeads(heads HeadStore, verifier note.Verifier) (*headLog, error) {
	all, err := heads.All()
	if err != nil {
		return nil, err
	}
	l := &headLog{}
	for i, msg := range all {
		if err := l.add(msg, verifier); err != nil {
			return nil, failure(int64(i)+1, "", "heads.log: "+err.Error())
		}
	}
	return l, nil
}

func (l *headLog) add(msg []byte, verifier note.Verifier) error {
	if msg == nil {
		return invalid("the line is not written as a head is")
	}
	h, err := OpenHead(msg, verifier)
	if err != nil {
		return err
	}
	if h.Restored {
		if h.From != l.newest() {
			return invalid("the restore names another head than the one that stood before it")
		}
		l.goBack(h.Tree)
		l.restores = append(l.restores, h)
	}
	l.lines = append(l.lines, h)
	l.live = append(l.live, livingHead{int64(len(l.lines)), h.Tree})
	l.past = append(l.past, l.live)
	return nil
}

// goBack takes up the heads that held when the one restored to was signed: a
// backup may come from before an earlier restore. One that the statements do
// not know keeps what is not past it.
func (l *headLog) goBack(to tlog.Tree) {
	var live []livingHead
	known := slices.IndexFunc(l.lines, func(h Head) bool { return h.Tree == to })
	if known >= 0 {
		live = slices.Clone(l.past[known])
	} else {
		live = slices.DeleteFunc(slices.Clone(l.live), func(h livingHead) bool { return h.tree.N > to.N })
	}
	for _, h := range l.live {
		if !slices.Contains(live, h) {
			l.gone = append(l.gone, h.tree)
		}
	}
	l.live = live
}

// newest is the largest head that holds, the zero Tree without.
func (l *headLog) newest() tlog.Tree {
	var t tlog.Tree
	for _, h := range l.live {
		if h.tree.N > t.N {
			t = h.tree
		}
	}
	return t
}

// sizes is how many different logs the living heads name.
func (l *headLog) sizes() int64 {
	seen := map[int64]bool{}
	for _, h := range l.live {
		if h.tree.N > 0 {
			seen[h.tree.N] = true
		}
	}
	return int64(len(seen))
}

// gaveUp says that a declared restore went back behind this head.
func (l *headLog) gaveUp(t tlog.Tree) bool {
	return slices.Contains(l.gone, t) && !slices.ContainsFunc(l.live, func(h livingHead) bool { return h.tree == t })
}

// behind checks that the statements end with the log's own head, or lack that
// one alone, as after a crash between commit and append. version counts the
// heads that the log ever had.
func (l *headLog) behind(head tlog.Tree, version int64) (bool, error) {
	missing, newest := version-l.sizes(), l.newest().N
	if len(l.lines) > 0 && l.lines[0].Restored {
		// The heads before the first statement lie elsewhere: nothing to count.
		return newest < head.N, nil
	}
	switch {
	case missing == 0 && newest == head.N:
		return false, nil
	case missing == 1 && newest < head.N:
		return true, nil
	case len(l.lines) == 0:
		return false, failure(1, "", "heads.log is missing or was emptied")
	}
	return false, failure(int64(len(l.lines)), "", fmt.Sprintf("heads.log lacks %d signed heads: lines were cut from it", missing))
}

// RestoredLine signs the statement that an installation went back from what
// the heads say to the log that a backup held.
func RestoredLine(heads HeadStore, signer note.Signer, verifier note.Verifier, next LogHead) ([]byte, error) {
	l, err := readHeads(heads, verifier)
	if err != nil {
		return nil, err
	}
	h := Head{Restored: true, From: l.newest()}
	if next.Note != nil {
		to, err := OpenHead(next.Note, verifier)
		if err != nil {
			return nil, err
		}
		h.Tree = to.Tree
	}
	return h.sign(signer)
}

// DeclareRestore appends a RestoredLine. next is the head of the log that was
// restored; it must be declared before the sequencer runs again.
func DeclareRestore(heads HeadStore, signer note.Signer, verifier note.Verifier, next LogHead) error {
	msg, err := RestoredLine(heads, signer, verifier, next)
	if err != nil {
		return err
	}
	return heads.Append(msg)
}
