// Package dirmail is the mailer of an installation without a mail server: it
// puts every message as a file into a directory. Nothing leaves the machine.
package dirmail

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/compose"
	"github.com/ontdox/takedown/internal/takedown"
)

// Options say where the messages go.
type Options struct {
	// Dir is made if it is missing, readable by its owner alone.
	Dir string
	// HostNow is real time, for the moment of acceptance.
	HostNow func() time.Time
	// Hook, if set, is called with "send:before" just before the message is put
	// into the directory and with "send:after" once it is there: where kill runs
	// stop.
	Hook func(point string)
}

// Mailer writes *.eml files. It is safe for concurrent use.
type Mailer struct{ opt Options }

var _ casework.Mailer = (*Mailer)(nil)

// New makes the directory.
func New(opt Options) (*Mailer, error) {
	if opt.Dir == "" || opt.HostNow == nil {
		return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the outbox needs a directory and a clock")
	}
	if opt.Hook == nil {
		opt.Hook = func(string) {}
	}
	if err := os.MkdirAll(opt.Dir, 0o700); err != nil {
		return nil, &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "the outbox directory cannot be made", Err: err}
	}
	return &Mailer{opt}, nil
}

// Check refuses a message that cannot be sent as it is.
func (m *Mailer) Check(msg casework.Message) error { return compose.Check(msg) }

// Send puts the message into the directory, whole and durable, under a name
// made of its id. A file that is there already is this message, sent before:
// it stays as it is and the result is that of the first time. A disk that does
// not take it is temporary; no outcome here is ever uncertain.
func (m *Mailer) Send(ctx context.Context, msg casework.Message) (casework.MailResult, error) {
	raw, err := compose.Bytes(msg)
	if err != nil {
		return casework.MailResult{}, err
	}
	res := casework.MailResult{Outcome: casework.MailTemporary, MessageID: msg.ID, At: m.opt.HostNow().UTC().Truncate(time.Second), Reply: "not written"}
	if ctx.Err() != nil {
		return res, nil
	}
	m.opt.Hook("send:before")
	name := fileName(msg.ID)
	at, err := m.put(name, raw, res.At)
	if err != nil {
		return res, nil // a failed attempt is a result; an error would mean that there was none
	}
	m.opt.Hook("send:after")
	res.Outcome, res.At, res.Reply = casework.MailSent, at, "written to "+name
	return res, nil
}

// put links a complete file to its name; a link, unlike a rename, fails if the
// name is taken. The file's time is the moment of sending.
func (m *Mailer) put(name string, raw []byte, now time.Time) (at time.Time, err error) {
	tmp, err := os.CreateTemp(m.opt.Dir, ".draft-*") // mode 0600
	if err != nil {
		return at, err
	}
	defer func() { err = errors.Join(err, os.Remove(tmp.Name())) }()
	_, err = tmp.Write(raw)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return at, err
	}
	if err := os.Chtimes(tmp.Name(), now, now); err != nil {
		return at, err
	}
	path := filepath.Join(m.opt.Dir, name)
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return at, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return at, err
	}
	return info.ModTime().UTC(), m.syncDir()
}

func (m *Mailer) syncDir() error {
	d, err := os.Open(m.opt.Dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// fileName is one name for one id: what is not safe in a file's name is
// written as %XX, and what would be too long ends in a hash.
func fileName(id string) string {
	var b strings.Builder
	for _, c := range []byte(id) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._-@+=", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	name := b.String()
	if len(name) > 200 {
		sum := sha256.Sum256([]byte(id))
		name = name[:130] + "%%" + hex.EncodeToString(sum[:])
	}
	return name + ".eml"
}
