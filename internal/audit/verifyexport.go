package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// VerifyExport recomputes an export from its bytes alone: header, chain, every
// leaf, the signed head. Every line that Export would not write byte for byte
// is refused. What does not hold is an error "line N, entry ID: reason" of kind
// Invalid, about the first line that is wrong.
func VerifyExport(r io.Reader, opt Options) (Report, error) {
	all, err := io.ReadAll(r)
	if err != nil {
		return Report{}, unavailable(err)
	}
	lines := bytes.SplitAfter(all, []byte("\n"))
	if n := len(lines); len(lines[n-1]) == 0 {
		lines = lines[:n-1]
	}
	if len(lines) == 0 {
		return Report{}, failure(1, "", "the file is empty")
	}
	rep := Report{Streams: 1}
	h, err := readHeader(lines[0])
	if err != nil {
		return rep, failure(1, "", err.Error())
	}
	verifier, err := compareKey(h.Key, opt, &rep)
	if err != nil {
		return rep, failure(1, "", err.Error())
	}
	v := exportCheck{header: h, prev: Genesis, index: -1}
	v.head, v.headErr = readFooter(lines[len(lines)-1], verifier)
	err = v.run(lines[1:])
	rep.Entries, rep.Head = int(v.seq), v.head.Tree
	if err == nil && opt.Head != nil {
		err = invalid("a head kept elsewhere is compared with a data directory, not with an export")
	}
	return rep, err
}

// exportCheck walks an export's entries: seq, prev and index are those of the
// entry before.
type exportCheck struct {
	header  header
	head    Head
	headErr error // why head is none
	seq     int64
	prev    string
	index   int64
}

// run checks the lines behind the header.
func (v *exportCheck) run(lines [][]byte) error {
	for i, l := range lines {
		n := int64(i) + 2
		if bytes.HasPrefix(l, []byte(`{"head":`)) {
			return v.footer(n, lines[i+1:])
		}
		if err := v.entry(l); err != nil {
			return failure(n, idIn(l), err.Error())
		}
	}
	return failure(int64(len(lines))+2, "", "the signed head is missing: the tail was cut off")
}

// footer checks the signed head, on line n, and that it ends the export.
func (v *exportCheck) footer(n int64, rest [][]byte) error {
	switch {
	case len(rest) > 0:
		return failure(n+1, idIn(rest[0]), "stands behind the signed head")
	case v.headErr != nil:
		return failure(n, "", v.headErr.Error())
	case v.seq == 0 || v.seq != v.header.Count:
		return failure(n, "", fmt.Sprintf("the header promises %d entries, there are %d", v.header.Count, v.seq))
	}
	return nil
}

func (v *exportCheck) entry(line []byte) error {
	raw, index, proof, err := readEntryLine(line)
	if err != nil {
		return err
	}
	e, err := Decode(raw)
	if err != nil {
		return err
	}
	switch {
	case e.Stream != v.header.Stream:
		return invalid("belongs to another stream")
	case e.Seq != v.seq+1:
		return invalid("has number %d where %d is due", e.Seq, v.seq+1)
	case e.Prev != v.prev:
		return invalid("does not follow the entry before it")
	case index <= v.index:
		return invalid("stands in the log before its predecessor")
	}
	// Without a head to check against, the chain alone says where it breaks.
	if v.headErr == nil {
		tree := v.head.Tree
		if index >= tree.N || tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(raw)) != nil {
			return invalid("is no leaf of the signed log")
		}
	}
	v.seq, v.prev, v.index = e.Seq, Hash(raw), index
	return nil
}

func readHeader(line []byte) (header, error) {
	var h header
	if err := json.Unmarshal(line, &h); err != nil || h.Format != exportFormat {
		return h, invalid("is no header of %s", exportFormat)
	}
	if !bytes.Equal(headerLine(h), line) {
		return h, invalid("is not written as a header is")
	}
	return h, nil
}

func readFooter(line []byte, verifier note.Verifier) (Head, error) {
	var f struct {
		Head string `json:"head"`
	}
	if err := json.Unmarshal(line, &f); err != nil {
		return Head{}, invalid("is no signed head")
	}
	msg, err := base64.StdEncoding.Strict().DecodeString(f.Head)
	if err != nil || !bytes.Equal(footerLine(msg), line) {
		return Head{}, invalid("is not written as a signed head is")
	}
	h, err := OpenHead(msg, verifier)
	if err == nil && h.Restored {
		err = invalid("is a restore, not a head")
	}
	return h, err
}

func readEntryLine(line []byte) (entry []byte, index int64, proof tlog.RecordProof, err error) {
	var l struct {
		Entry json.RawMessage `json:"entry"`
		Index int64           `json:"index"`
		Proof []string        `json:"proof"`
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return nil, 0, nil, invalid("is no entry with its proof")
	}
	for _, p := range l.Proof {
		b, err := base64.StdEncoding.Strict().DecodeString(p)
		if err != nil || len(b) != tlog.HashSize {
			return nil, 0, nil, invalid("its proof is not strict base64")
		}
		proof = append(proof, tlog.Hash(b))
	}
	if l.Index < 0 || !bytes.Equal(entryLine(l.Entry, l.Index, proof), line) {
		return nil, 0, nil, invalid("is not written as an entry with its proof is")
	}
	return l.Entry, l.Index, proof, nil
}
