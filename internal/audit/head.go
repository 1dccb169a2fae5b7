package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// origin begins the first line of what is signed; the deployment's id, which is
// the key's name, ends it. The format is ours, so that a signature under a head
// can never pass for one under another log's.
const origin = "takedown history "

// Head is one signed statement of heads.log: a head, or a restore from one
// head to another.
type Head struct {
	Tree     tlog.Tree // with Restored: what the installation went back to
	Restored bool
	From     tlog.Tree // with Restored: the head before
	Note     []byte    // as signed
}

// text is what is signed: origin, size, root; for a restore both heads.
func (h Head) text(deployment string) string {
	if h.Restored {
		return origin + deployment + " restored\n" + treeText(h.From) + treeText(h.Tree)
	}
	return origin + deployment + "\n" + treeText(h.Tree)
}

func treeText(t tlog.Tree) string {
	return fmt.Sprintf("%d\n%s\n", t.N, base64.StdEncoding.EncodeToString(t.Hash[:]))
}

// sign gives the signed note. Ed25519 signs the same text always the same.
func (h Head) sign(signer note.Signer) ([]byte, error) {
	msg, err := note.Sign(&note.Note{Text: h.text(signer.Name())}, signer)
	if err != nil {
		return nil, internal("the head cannot be signed", err)
	}
	return msg, nil
}

// OpenHead verifies a signed head and reads it. One signature of the verifier's
// key, and not a byte that we would not write; all else is Invalid.
func OpenHead(msg []byte, verifier note.Verifier) (Head, error) {
	n, err := note.Open(msg, note.VerifierList(verifier))
	if err != nil {
		return Head{}, invalid("the signature of the head does not hold")
	}
	h, err := parseHead(msg, verifier.Name())
	if err != nil {
		return Head{}, err
	}
	// Base64 as the library reads it has several spellings: allow one.
	sig, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64)
	want := h.text(verifier.Name()) + "\n— " + verifier.Name() + " " + base64.StdEncoding.EncodeToString(sig) + "\n"
	if err != nil || string(msg) != want {
		return Head{}, invalid("the head is not written as a head is")
	}
	return h, nil
}

// parseHead reads a statement without looking at its signature.
func parseHead(msg []byte, deployment string) (Head, error) {
	text, _, _ := bytes.Cut(msg, []byte("\n\n"))
	lines := strings.Split(string(text), "\n")
	h := Head{Note: msg}
	var err error
	switch {
	case len(lines) == 3 && lines[0] == origin+deployment:
		h.Tree, err = readTree(lines[1], lines[2])
	case len(lines) == 5 && lines[0] == origin+deployment+" restored":
		h.Restored = true
		if h.From, err = readTree(lines[1], lines[2]); err == nil {
			h.Tree, err = readTree(lines[3], lines[4])
		}
	default:
		err = invalid("the head is none of this deployment")
	}
	return h, err
}

func readTree(size, root string) (tlog.Tree, error) {
	n, err := strconv.ParseInt(size, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != size {
		return tlog.Tree{}, invalid("the head has no size")
	}
	sum, err := base64.StdEncoding.Strict().DecodeString(root)
	if err != nil || len(sum) != tlog.HashSize {
		return tlog.Tree{}, invalid("the head has no root")
	}
	return tlog.Tree{N: n, Hash: tlog.Hash(sum)}, nil
}

// keptHead finds the signed note in what somebody kept: the note itself, a line
// of heads.log, or the API's {"size":…,"head":…}.
func keptHead(kept []byte) []byte {
	var api struct {
		Head string `json:"head"`
	}
	if json.Unmarshal(kept, &api) == nil && api.Head != "" {
		kept = []byte(api.Head)
	}
	if b, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(string(kept))); err == nil {
		return b
	}
	return kept
}
