package audit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/ontdox/takedown/internal/takedown"
)

// exportFormat names the format in an export's header.
const exportFormat = "takedown-history-1"

// Archive is what exporting and verifying reads: the log, and every stream's
// head and lines as they are stored.
type Archive interface {
	LogStore
	// Streams lists every stream's head.
	Streams(ctx context.Context) ([]StreamHead, error)
	// StreamLines reads a stream's lines from a sequence number (1 first).
	StreamLines(ctx context.Context, stream string, from int64, limit int) ([]Line, error)
}

// StreamHead is where a stream stands: how many lines, and the last one's hash.
type StreamHead struct {
	Stream  string
	Entries int64
	Last    string
}

type header struct {
	Format string `json:"format"`
	Stream string `json:"stream"`
	Count  int64  `json:"count"`
	Key    string `json:"key"`
}

// Export writes a stream's lines with an inclusion proof each, and the signed
// head under which they hold. The sequencer must have caught up.
func Export(ctx context.Context, w io.Writer, a Archive, stream, verifierKey string) error {
	head, err := a.Head(ctx)
	if err != nil {
		return err
	}
	lines, err := allLines(ctx, a, stream)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "there is no history of %s", stream)
	}
	out := bufio.NewWriter(w)
	if _, err := out.Write(append(headerLine(header{exportFormat, stream, int64(len(lines)), verifierKey}), '\n')); err != nil {
		return err
	}
	for _, l := range lines {
		p, err := Prove(ctx, a, l.ID)
		if err != nil {
			return err
		}
		if _, err := out.Write(append(entryLine(l.Bytes, p.Index, p.Proof), '\n')); err != nil {
			return err
		}
	}
	if _, err := out.Write(append(footerLine(head.Note), '\n')); err != nil {
		return err
	}
	return out.Flush()
}

func allLines(ctx context.Context, a Archive, stream string) ([]Line, error) {
	var out []Line
	for {
		part, err := a.StreamLines(ctx, stream, int64(len(out))+1, 500)
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
		if len(part) < 500 {
			return out, nil
		}
	}
}

func headerLine(h header) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	field(&b, "format", h.Format)
	field(&b, "stream", h.Stream)
	b.WriteString(`,"count":` + strconv.FormatInt(h.Count, 10))
	field(&b, "key", h.Key)
	b.WriteByte('}')
	return b.Bytes()
}

func entryLine(entry []byte, index int64, proof []tlog.Hash) []byte {
	var b bytes.Buffer
	b.WriteString(`{"entry":`)
	b.Write(entry)
	b.WriteString(`,"index":` + strconv.FormatInt(index, 10) + `,"proof":[`)
	for i, h := range proof {
		if i > 0 {
			b.WriteByte(',')
		}
		quote(&b, base64.StdEncoding.EncodeToString(h[:]))
	}
	b.WriteString("]}")
	return b.Bytes()
}

func footerLine(head []byte) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	field(&b, "head", base64.StdEncoding.EncodeToString(head))
	b.WriteByte('}')
	return b.Bytes()
}

// Report is what a verification found to hold.
type Report struct {
	Entries     int
	Streams     int
	Head        tlog.Tree
	Fingerprint string // of the log key
	KeyCompared bool   // false: the key was not compared with one the reader knows
	Restores    []Head
}

// Options of a verification.
type Options struct {
	Key  string // verifier key to compare with; "" compares nothing
	Head []byte // a signed head kept elsewhere; nil for none
}

// failure is the first thing that is wrong, and where.
func failure(line int, entry, reason string) error {
	if entry == "" {
		entry = "none"
	}
	return takedown.Errorf(takedown.Invalid, "VerificationFailed", "line %d, entry %s: %s", line, entry, reason)
}

// VerifyExport recomputes an export from its bytes alone.
func VerifyExport(r io.Reader, opt Options) (Report, error) {
	lines, err := readLines(r)
	if err != nil {
		return Report{}, err
	}
	if len(lines) < 2 {
		return Report{}, failure(len(lines), "", "the export is cut off")
	}
	h, err := readHeader(lines[0])
	if err != nil {
		return Report{}, failure(1, "", err.Error())
	}
	rep := Report{Streams: 1, Fingerprint: Fingerprint(h.Key)}
	verifier, err := compareKey(h.Key, opt, &rep)
	if err != nil {
		return rep, failure(1, "", err.Error())
	}
	head, err := readFooter(lines[len(lines)-1], verifier)
	if err != nil {
		return rep, failure(len(lines), "", err.Error())
	}
	rep.Head = head.Tree
	entries := lines[1 : len(lines)-1]
	if int64(len(entries)) != h.Count {
		return rep, failure(len(lines), "", fmt.Sprintf("the header promises %d entries, there are %d", h.Count, len(entries)))
	}
	return rep, verifyEntries(entries, h.Stream, head.Tree, &rep)
}

func verifyEntries(lines [][]byte, stream string, tree tlog.Tree, rep *Report) error {
	prev := Genesis
	for i, l := range lines {
		raw, index, proof, err := readEntryLine(l)
		if err != nil {
			return failure(i+2, "", err.Error())
		}
		e, err := Decode(raw)
		if err != nil {
			return failure(i+2, "", err.Error())
		}
		switch {
		case e.Stream != stream:
			return failure(i+2, e.ID, "belongs to another stream")
		case e.Seq != int64(i)+1:
			return failure(i+2, e.ID, fmt.Sprintf("has number %d, not %d", e.Seq, i+1))
		case e.Prev != prev:
			return failure(i+2, e.ID, "does not follow the entry before it")
		}
		if index < 0 || index >= tree.N {
			return failure(i+2, e.ID, "its index lies outside the log")
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(raw)); err != nil {
			return failure(i+2, e.ID, "is no leaf of the signed log")
		}
		prev = Hash(raw)
		rep.Entries++
	}
	return nil
}

func readLines(r io.Reader) ([][]byte, error) {
	all, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 || all[len(all)-1] != '\n' {
		return nil, failure(bytes.Count(all, []byte("\n"))+1, "", "the last line is cut off")
	}
	return bytes.Split(all[:len(all)-1], []byte("\n")), nil
}

func readHeader(line []byte) (header, error) {
	var h header
	if err := json.Unmarshal(line, &h); err != nil || h.Format != exportFormat {
		return h, errors.New("is no header of " + exportFormat)
	}
	if !bytes.Equal(headerLine(h), line) {
		return h, errors.New("is not written as a header is")
	}
	return h, nil
}

func compareKey(key string, opt Options, rep *Report) (note.Verifier, error) {
	if opt.Key != "" {
		if opt.Key != key {
			return nil, errors.New("the log key is another one than the key given")
		}
		rep.KeyCompared = true
	}
	v, err := note.NewVerifier(key)
	if err != nil {
		return nil, errors.New("the log key cannot be read")
	}
	return v, nil
}

func readFooter(line []byte, verifier note.Verifier) (Head, error) {
	var f struct {
		Head string `json:"head"`
	}
	if err := json.Unmarshal(line, &f); err != nil {
		return Head{}, errors.New("is no signed head")
	}
	msg, err := base64.StdEncoding.Strict().DecodeString(f.Head)
	if err != nil {
		return Head{}, errors.New("the head is not strict base64")
	}
	if !bytes.Equal(footerLine(msg), line) {
		return Head{}, errors.New("is not written as a head is")
	}
	h, err := OpenHead(msg, verifier)
	if err == nil && h.Restored {
		err = errors.New("is a restore, not a head")
	}
	return h, err
}

func readEntryLine(line []byte) (raw []byte, index int64, proof []tlog.Hash, err error) {
	var l struct {
		Entry json.RawMessage `json:"entry"`
		Index int64           `json:"index"`
		Proof []string        `json:"proof"`
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return nil, 0, nil, errors.New("is no entry with its proof")
	}
	for _, p := range l.Proof {
		b, err := base64.StdEncoding.Strict().DecodeString(p)
		if err != nil || len(b) != tlog.HashSize {
			return nil, 0, nil, errors.New("the proof is not strict base64")
		}
		proof = append(proof, tlog.Hash(b))
	}
	if !bytes.Equal(entryLine(l.Entry, l.Index, proof), line) {
		return nil, 0, nil, errors.New("is not written as an entry with its proof is")
	}
	return l.Entry, l.Index, proof, nil
}
