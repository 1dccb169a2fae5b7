package local

import (
	"context"
	"net"
	"net/smtp"
	"path/filepath"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// hanging is a DNS that answers nobody until it is let go.
type hanging struct {
	asked chan string   // gets the first question
	letGo chan struct{} // closed: everybody is answered that there is nothing
}

func (h hanging) wait(ctx context.Context, name string) error {
	select {
	case h.asked <- name:
	default:
	}
	select {
	case <-h.letGo:
		return &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h hanging) LookupTXT(ctx context.Context, name string) ([]string, error) {
	return nil, h.wait(ctx, name)
}

func (h hanging) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	return nil, h.wait(ctx, name)
}

func (h hanging) LookupIPAddr(ctx context.Context, name string) ([]net.IPAddr, error) {
	return nil, h.wait(ctx, name)
}

func (h hanging) LookupAddr(ctx context.Context, name string) ([]string, error) {
	return nil, h.wait(ctx, name)
}

var (
	aSpecialist  = takedown.Principal{ID: "s", Roles: []takedown.Role{takedown.Specialist}}
	aCoordinator = takedown.Principal{ID: "c", Roles: []takedown.Role{takedown.Coordinator}}
)

const deskMailbox = "meldpunt@praktijk.example"

// withMailbox opens an installation whose desk has an address.
func withMailbox(t *testing.T, dir string) *App {
	t.Helper()
	ctx := context.Background()
	app, err := Open(ctx, Config{DataDir: filepath.Join(dir, "data"), KeyFile: filepath.Join(dir, "key")})
	if err != nil {
		t.Fatal(err)
	}
	have, err := app.Service.GetSettings(ctx, aCoordinator)
	if err != nil {
		t.Fatal(err)
	}
	if have.Version > 0 {
		return app
	}
	in := casework.SettingsInput{Organisation: casework.OrganisationInput{Name: "Voorbeeldpraktijk", Kind: "care", Mailbox: deskMailbox}}
	in.Mail.From = deskMailbox
	if _, err := app.Service.PutSettings(ctx, aCoordinator, in, 0); err != nil {
		t.Fatal(err)
	}
	return app
}

func unmatched(t *testing.T, app *App) int {
	t.Helper()
	list, _, err := app.Service.UnmatchedReplies(context.Background(), aSpecialist, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// Whoever hands a mail over is answered once it is stored, not once the sender's
// name servers have answered: these may never do.
func TestAMailIsAnsweredBeforeItIsRead(t *testing.T) {
	t.Parallel()
	app := withMailbox(t, t.TempDir())
	defer func() { _ = app.Close() }()
	dns := hanging{asked: make(chan string, 1), letGo: make(chan struct{})}
	app.Service.Resolver = dns
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- app.ServeMail(ctx, l, nil) }()
	sent := make(chan error, 1)
	go func() {
		sent <- smtp.SendMail(l.Addr().String(), nil, "x@else.example", []string{deskMailbox}, []byte("From: x@else.example\r\nSubject: hello\r\n\r\nwords\r\n"))
	}()
	<-dns.asked // its reader hangs
	select {
	case err := <-sent:
		if err != nil {
			t.Fatal(err)
		}
	case err := <-served:
		t.Fatal("the listener ended", err)
	case <-time.After(10 * time.Second): // a reader waits twenty for name servers
		t.Fatal("no answer while the name servers keep silent")
	}
	if n := unmatched(t, app); n != 0 {
		t.Fatalf("%d read already", n)
	}
	if out, err := app.Service.Sweep(ctx, casework.SweepInput{V: casework.InputVersion}); err != nil || out.Mails != 0 {
		t.Errorf("the sweep reads what a reader has in hand: %+v, %v", out, err)
	}
	close(dns.letGo)
	end()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	if n := unmatched(t, app); n != 1 {
		t.Errorf("%d read after all", n)
	}
}

// A process that ends between the answer and the reading loses nothing: the next
// one's sweep reads what is stored.
func TestAMailThatWasAnsweredAndNotReadIsReadByTheSweep(t *testing.T) {
	t.Parallel()
	dir, ctx := t.TempDir(), context.Background()
	app := withMailbox(t, dir)
	if err := app.storeMail(ctx, casework.InboundMail{By: "smtp", Raw: []byte("From: x@else.example\r\nSubject: hello\r\n\r\nwords\r\n"), Envelope: []string{deskMailbox}}); err != nil {
		t.Fatal(err)
	}
	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
	app = withMailbox(t, dir)
	defer func() { _ = app.Close() }()
	app.Service.Resolver = nil
	if out, err := app.Service.Sweep(ctx, casework.SweepInput{V: casework.InputVersion}); err != nil || out.Mails != 1 {
		t.Errorf("%+v, %v", out, err)
	}
	if n := unmatched(t, app); n != 1 {
		t.Errorf("%d read", n)
	}
}

// What does not fit into the readers' memory is the sweep's.
func TestMoreMailThanReadersHoldIsReadByTheSweep(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	app := withMailbox(t, t.TempDir())
	defer func() { _ = app.Close() }()
	app.Service.Resolver, app.unread = nil, make(chan unread, 1)
	for _, subject := range []string{"a", "b", "c"} {
		if err := app.storeMail(ctx, casework.InboundMail{By: "smtp", Raw: []byte("From: x@else.example\r\nSubject: " + subject + "\r\n\r\nwords\r\n")}); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := app.Service.Sweep(ctx, casework.SweepInput{V: casework.InputVersion}); err != nil || out.Mails != 2 {
		t.Errorf("%+v, %v", out, err)
	}
	app.startReaders(ctx)()
	if n := unmatched(t, app); n != 3 {
		t.Errorf("%d read", n)
	}
}
