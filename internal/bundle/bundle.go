// Package bundle is the form in which a document goes to the police with all
// that belongs to it: one zip that any tool opens, with a manifest and a hash
// sheet that sha256sum -c checks, encrypted to whoever gave a key. It knows no
// case: what goes into a bundle is casework's to decide.
package bundle

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"regexp"
	"strings"
	"time"

	"filippo.io/age"
)

// SumsName is the hash sheet's name: one line per other file, in the form of
// sha256sum (domain.md §6).
const SumsName = "SHA256SUMS"

// maxParts is how many files one bundle holds at most: a thousand items, with
// room for several captures of each.
const maxParts = 20_000

// Part is one file of a bundle, measured by Measure. Size is in bytes.
type Part struct {
	Name   string // path in the zip, with forward slashes
	Size   int64
	SHA256 string // hex
	CRC32  uint32
	Open   func() (io.ReadCloser, error)
}

// names are paths that mean the same on every system: no root, no way up, no
// drive, no hidden file, nothing that a line of sha256sum would have to escape.
var names = regexp.MustCompile(`^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,99}/){0,3}[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// Measure reads a file once and gives it with its size and hashes. The error is
// that of open or of the reading, or says that the name is none.
func Measure(name string, open func() (io.ReadCloser, error)) (Part, error) {
	p := Part{Name: name, Open: open}
	if !names.MatchString(name) {
		return p, fmt.Errorf("%q is no name of a file in a bundle", name)
	}
	r, err := open()
	if err != nil {
		return p, err
	}
	sum, crc := sha256.New(), crc32.NewIEEE()
	p.Size, err = io.Copy(io.MultiWriter(sum, crc), r)
	if cerr := r.Close(); err == nil {
		err = cerr
	}
	p.SHA256, p.CRC32 = hex.EncodeToString(sum.Sum(nil)), crc.Sum32()
	return p, err
}

// Bytes is a file that is small enough to be held.
func Bytes(name string, content []byte) (Part, error) {
	return Measure(name, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil })
}

// Sums is the hash sheet of parts.
func Sums(parts []Part) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		fmt.Fprintf(&b, "%s  %s\n", p.SHA256, p.Name)
	}
	return b.Bytes()
}

// Write writes parts as a zip, in their order, all dated at. The same parts give
// the same bytes: nothing is compressed, since captures are already, and a
// compressor's output differs between its versions. Sizes and checksums stand
// before each file, so that a reader of streams opens it too. Each file is held
// against what was measured: another one ends the zip without a directory, so
// that nobody takes it for whole. At most one file is open at a time.
func Write(w io.Writer, at time.Time, parts []Part) error {
	if len(parts) > maxParts {
		return fmt.Errorf("a bundle of %d files: at most %d", len(parts), maxParts)
	}
	z := zip.NewWriter(w)
	seen := map[string]bool{}
	for _, p := range parts {
		key := strings.ToLower(p.Name)
		if seen[key] {
			return fmt.Errorf("two files are named %s", p.Name)
		}
		seen[key] = true
		if err := writePart(z, at, p); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	return z.Close()
}

func writePart(z *zip.Writer, at time.Time, p Part) error {
	h := &zip.FileHeader{
		Name: p.Name, Method: zip.Store, CRC32: p.CRC32,
		CompressedSize64: uint64(p.Size), UncompressedSize64: uint64(p.Size), //nolint:gosec // a size that was counted
	}
	h.ModifiedDate, h.ModifiedTime = dosTime(at) //nolint:staticcheck // CreateRaw writes these fields, not Modified
	h.SetMode(0o444)
	dst, err := z.CreateRaw(h)
	if err != nil {
		return err
	}
	r, err := p.Open()
	if err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(dst, sum), io.LimitReader(r, p.Size+1))
	if cerr := r.Close(); err == nil {
		err = cerr
	}
	if err == nil && (n != p.Size || hex.EncodeToString(sum.Sum(nil)) != p.SHA256) {
		err = errors.New("the bytes are not those that were measured")
	}
	return err
}

// dosTime is a moment as zip has it: UTC, in steps of two seconds, 1980 to 2107.
func dosTime(at time.Time) (date, clock uint16) {
	at = at.UTC()
	if at.Year() < 1980 || at.Year() > 2107 {
		at = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	d := at.Day() + int(at.Month())<<5 + (at.Year()-1980)<<9
	c := at.Second()/2 + at.Minute()<<5 + at.Hour()<<11
	return uint16(d), uint16(c) //nolint:gosec // in range by the year
}

// CheckRecipient refuses what is no age recipient (age1…).
func CheckRecipient(key string) error {
	if _, err := age.ParseX25519Recipient(key); err != nil {
		return errors.New("is no age recipient: age1 and 58 more letters and digits")
	}
	return nil
}

// Encrypt encrypts what is written to a recipient's key, in pieces of 64 KiB
// (age v1). Only Close makes it whole.
func Encrypt(w io.Writer, recipient string) (io.WriteCloser, error) {
	r, err := age.ParseX25519Recipient(recipient)
	if err != nil {
		return nil, err
	}
	return age.Encrypt(w, r)
}
