package audit

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/ontdox/takedown/internal/takedown"
)

// origin is the first line of a signed head: ours, not the one that the
// library would write.
const origin = "takedown history"

// headText is what is signed: origin, size, root.
func headText(t tlog.Tree) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, t.N, base64.StdEncoding.EncodeToString(t.Hash[:]))
}

// restoredText is what is signed when an installation was restored from a
// backup: the head it had and the head that it goes on from.
func restoredText(old, next tlog.Tree) string {
	return fmt.Sprintf("%s restored\n%d\n%s\n%d\n%s\n", origin,
		old.N, base64.StdEncoding.EncodeToString(old.Hash[:]), next.N, base64.StdEncoding.EncodeToString(next.Hash[:]))
}

// Head is one signed statement of heads.log: a head, or a restore from one
// head to another.
type Head struct {
	Tree     tlog.Tree
	Restored bool
	From     tlog.Tree // with Restored: the head before
	Note     []byte
}

// OpenHead verifies a signed head and reads it.
func OpenHead(msg []byte, verifier note.Verifier) (Head, error) {
	n, err := note.Open(msg, note.VerifierList(verifier))
	if err != nil {
		return Head{}, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the signature of the head does not hold")
	}
	lines := strings.Split(strings.TrimSuffix(n.Text, "\n"), "\n")
	h := Head{Note: msg}
	switch {
	case len(lines) == 3 && lines[0] == origin:
		h.Tree, err = readTree(lines[1], lines[2])
	case len(lines) == 5 && lines[0] == origin+" restored":
		h.Restored = true
		h.From, err = readTree(lines[1], lines[2])
		if err == nil {
			h.Tree, err = readTree(lines[3], lines[4])
		}
	default:
		err = errors.New("unknown form")
	}
	if err != nil {
		return Head{}, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the head cannot be read: %v", err)
	}
	return h, nil
}

func readTree(size, root string) (tlog.Tree, error) {
	n, err := strconv.ParseInt(size, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != size {
		return tlog.Tree{}, errors.New("size")
	}
	sum, err := base64.StdEncoding.Strict().DecodeString(root)
	if err != nil || len(sum) != tlog.HashSize {
		return tlog.Tree{}, errors.New("root")
	}
	t := tlog.Tree{N: n}
	copy(t.Hash[:], sum)
	return t, nil
}

// signHead signs a head.
func signHead(t tlog.Tree, signer note.Signer) ([]byte, error) {
	return note.Sign(&note.Note{Text: headText(t)}, signer)
}

// HeadFile is the file outside the database to which every signed head is
// appended: one base64 line each, so that a cut in it shows.
type HeadFile struct{ path string }

// FileHeads keeps heads in a file.
func FileHeads(path string) HeadFile { return HeadFile{path} }

// Append adds a signed head and makes it durable. The same head again is not
// added twice.
func (h HeadFile) Append(msg []byte) error {
	all, err := h.All()
	if err != nil {
		return err
	}
	if len(all) > 0 && string(all[len(all)-1]) == string(msg) {
		return nil
	}
	f, err := os.OpenFile(h.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return unavailable(err)
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(msg) + "\n")
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return unavailable(err)
}

// All reads every signed head, oldest first. A last line that was cut off in
// the middle by a crash is left out: the sequencer writes it again.
func (h HeadFile) All() ([][]byte, error) {
	f, err := os.Open(h.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable(err)
	}
	var out [][]byte
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		b, err := base64.StdEncoding.Strict().DecodeString(sc.Text())
		if err != nil {
			return nil, errors.Join(takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "heads.log line %d is not base64", len(out)+1), f.Close())
		}
		out = append(out, b)
	}
	return out, errors.Join(sc.Err(), f.Close())
}

func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "the heads cannot be written or read", Err: err}
}

// Fingerprint shortens a verifier key for people.
func Fingerprint(verifierKey string) string { return Hash([]byte(verifierKey))[:16] }
