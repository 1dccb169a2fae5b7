package audit

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/ontdox/takedown/internal/takedown"
)

// HeadStore keeps every signed statement outside the database, oldest first. It
// only grows. Errors are Unavailable, or Invalid if what stands there cannot be
// read.
type HeadStore interface {
	// Append adds a statement and makes it durable before it returns. The one
	// that stands last already is not added again.
	Append(msg []byte) error
	// Last reads the newest statement, nil if there is none.
	Last() ([]byte, error)
	// All reads every statement.
	All() ([][]byte, error)
}

// HeadFile is a HeadStore in one file: a base64 line each.
type HeadFile struct{ path string }

var _ HeadStore = HeadFile{}

// FileHeads keeps heads in a file (heads.log). It is made with the first head.
func FileHeads(path string) HeadFile { return HeadFile{path} }

// Append adds a signed head. Processes that append at the same time wait for
// each other.
func (h HeadFile) Append(msg []byte) (err error) {
	f, err := os.OpenFile(h.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return unavailable(err)
	}
	defer func() {
		if cerr := f.Close(); err == nil { // gives the lock back too
			err = unavailable(cerr)
		}
	}()
	if err := exclusive(f); err != nil {
		return unavailable(err)
	}
	last, end, err := tail(f)
	if err != nil || (last != nil && bytes.Equal(last, msg)) {
		return err
	}
	// What a crash cut off goes: its head is still in the database.
	if err := f.Truncate(end); err != nil {
		return unavailable(err)
	}
	if _, err := f.WriteAt([]byte(base64.StdEncoding.EncodeToString(msg)+"\n"), end); err != nil {
		return unavailable(err)
	}
	if err := f.Sync(); err != nil || end > 0 {
		return unavailable(err)
	}
	return syncDir(filepath.Dir(h.path))
}

// exclusive waits for the file's lock.
func exclusive(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// syncDir makes a new file's name durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return unavailable(err)
	}
	return unavailable(errors.Join(d.Sync(), d.Close()))
}

// maxHeadLine is more than any statement needs.
const maxHeadLine = 8 << 10

// tail reads the last whole line, nil if there is none, and where it ends.
func tail(f *os.File) ([]byte, int64, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, 0, unavailable(err)
	}
	from := max(0, info.Size()-2*maxHeadLine)
	b, err := io.ReadAll(io.NewSectionReader(f, from, info.Size()-from))
	if err != nil {
		return nil, 0, unavailable(err)
	}
	b = b[:bytes.LastIndexByte(b, '\n')+1]
	if len(b) == 0 {
		if from > 0 {
			return nil, 0, invalid("heads.log ends in what is no head")
		}
		return nil, 0, nil
	}
	line := b[bytes.LastIndexByte(b[:len(b)-1], '\n')+1 : len(b)-1]
	msg, err := readHeadLine(line)
	return msg, from + int64(len(b)), err
}

func readHeadLine(line []byte) ([]byte, error) {
	msg, err := base64.StdEncoding.Strict().DecodeString(string(line))
	if err != nil || len(msg) == 0 || base64.StdEncoding.EncodeToString(msg) != string(line) {
		return nil, invalid("a line of heads.log is not written as a head is")
	}
	return msg, nil
}

// Last reads the newest signed head.
func (h HeadFile) Last() ([]byte, error) {
	f, err := os.Open(h.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable(err)
	}
	msg, _, err := tail(f)
	if cerr := f.Close(); err == nil {
		err = unavailable(cerr)
	}
	return msg, err
}

// All reads every signed head. A last line that a crash cut off is left out:
// the next run of the sequencer writes it whole. A line that cannot be read is
// given as nil, so that whoever verifies can say which.
func (h HeadFile) All() ([][]byte, error) {
	b, err := os.ReadFile(h.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable(err)
	}
	var out [][]byte
	for line := range bytes.Lines(b[:bytes.LastIndexByte(b, '\n')+1]) {
		msg, err := readHeadLine(bytes.TrimSuffix(line, []byte("\n")))
		if err != nil {
			msg = nil
		}
		out = append(out, msg)
	}
	return out, nil
}

func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "the heads cannot be written or read", Err: err}
}

func internal(message string, err error) error {
	return &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: message, Err: err}
}
