package local

import (
	"bytes"
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/emersion/go-imap/backend/memory"
	"github.com/emersion/go-imap/client"
	"github.com/emersion/go-imap/server"

	"github.com/ontdox/takedown/internal/takedown"
)

// What stands in the mailbox is stored, and read by the sweep, which counts its
// tries; then it is a person's to match; once.
func TestTheMailboxIsReadIntoTheQueue(t *testing.T) {
	s := server.New(memory.New())
	s.AllowInsecureAuth = true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(l) }() // ends with Close
	defer func() { _ = s.Close() }()
	c, err := client.Dial(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login("username", "password"); err != nil {
		t.Fatal(err)
	}
	if err := c.Append("INBOX", nil, time.Now(), bytes.NewBufferString("From: a@host.example\r\nMessage-ID: <q@host.example>\r\nSubject: x\r\n\r\nhello\r\n")); err != nil {
		t.Fatal(err)
	}
	ctx, dir := context.Background(), t.TempDir()
	app, err := Open(ctx, Config{DataDir: filepath.Join(dir, "data"), KeyFile: filepath.Join(dir, "key"), IMAP: "imap://username@" + l.Addr().String(), IMAPPassword: "password"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Close() }()
	for _, want := range []int{1, 0} {
		if n, err := app.mailbox.Poll(ctx); n != want || err != nil {
			t.Fatalf("%d stored, %v", n, err)
		}
	}
	if left, err := app.sweep(ctx); err != nil || left.Mails != 1 {
		t.Errorf("the look read it itself, or the sweep does not: %+v, %v", left, err)
	}
	list, _, err := app.Service.UnmatchedReplies(ctx, takedown.Principal{ID: "s", Roles: []takedown.Role{takedown.Specialist}}, "", 10)
	if err != nil || len(list) != 1 || list[0].Mail == nil || list[0].Mail.Sender != "not_known" {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestAMailboxThatCannotBeReadIsRefusedAtStart(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(context.Background(), Config{DataDir: filepath.Join(dir, "data"), KeyFile: filepath.Join(dir, "key"), IMAP: "pop3://x"})
	if takedown.KindOf(err) != takedown.Invalid {
		t.Errorf("%v", err)
	}
}
