package local

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"sync"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/imapin"
	"github.com/ontdox/takedown/internal/mail/smtpin"
)

// resolver answers DNS for the signatures of inbound mail: the server named, or
// the system's. A simulated installation asks nobody unless one is named.
func (a *App) resolver() *net.Resolver {
	switch {
	case a.cfg.DNS != "":
		return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, a.cfg.DNS)
		}}
	case a.Simulated():
		return nil
	}
	return net.DefaultResolver
}

// ServeMail takes in mail on a listener until ctx ends. A mail is answered once it
// is stored, and read after that: reading asks the sender's name servers, which
// may take their time or never answer, and whoever hands a mail over must not wait
// for them, or hands it over again. With a simulated clock an accepted mail has had
// its effect when it is answered.
func (a *App) ServeMail(ctx context.Context, l net.Listener, secure *tls.Config) error {
	name, err := os.Hostname()
	if err != nil {
		return err
	}
	server, err := smtpin.New(smtpin.Options{Domain: name, Accepts: a.Service.AcceptsMail, Store: a.storeMail, TLS: secure, Log: a.cfg.Log})
	if err != nil {
		return err
	}
	stop := a.startReaders(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case err = <-done:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if err := server.Close(end); err != nil {
		return err
	}
	return <-done
}

// How many stored mails are read at once, how many wait for that in memory, and
// how long readers may take after the end, in host time. What waits or is cut off
// stays in the queue of the store, where the sweep finds it.
const (
	mailReaders = 4
	maxUnread   = 1000
	readersEnd  = 5 * time.Second
)

// unread is a stored mail that a reader is to take up.
type unread struct {
	id      string
	release func()
}

// storeMail stores a mail and leaves it to the readers.
func (a *App) storeMail(ctx context.Context, in casework.InboundMail) error {
	if a.Simulated() {
		return a.takeMail(ctx, in)
	}
	id, err := a.Service.ReceiveMail(ctx, in)
	if err != nil {
		return err
	}
	next := unread{id, a.Service.HoldMail(id)}
	select {
	case a.unread <- next:
	default:
		next.release() // the sweep reads it
	}
	return nil
}

// startReaders reads stored mails until stop, which lets them end with what is
// there.
func (a *App) startReaders(ctx context.Context) (stop func()) {
	ctx, cut := context.WithCancel(context.WithoutCancel(ctx))
	over := make(chan struct{})
	var work sync.WaitGroup
	for range mailReaders {
		work.Go(func() { a.readMails(ctx, over) })
	}
	return func() {
		close(over)
		late := time.AfterFunc(readersEnd, cut)
		work.Wait()
		late.Stop()
		cut()
	}
}

func (a *App) readMails(ctx context.Context, over <-chan struct{}) {
	for {
		select {
		case next := <-a.unread:
			a.readMail(ctx, next)
			continue
		default:
		}
		select {
		case next := <-a.unread:
			a.readMail(ctx, next)
		case <-over:
			return
		}
	}
}

func (a *App) readMail(ctx context.Context, next unread) {
	defer next.release()
	if ctx.Err() != nil {
		return
	}
	if err := a.Service.ReadMail(ctx, next.id); err != nil {
		a.cfg.Log.ErrorContext(ctx, "a mail could not be read; it stays in the queue", "reply", next.id, "error", err)
	}
}

func (a *App) takeMail(ctx context.Context, in casework.InboundMail) error {
	if err := a.Service.TakeMail(ctx, in); err != nil || !a.Simulated() {
		return err
	}
	if err := a.Settle(ctx); err != nil { // it is stored: what follows from it is the sweep's then
		a.cfg.Log.ErrorContext(ctx, "settle after a mail", "error", err)
	}
	return nil
}

// pollEvery is how often the desk's mailbox is read, in host time.
const pollEvery = 30 * time.Second

// keepMail stores a mail of the mailbox and leaves it to the sweep, which counts
// its tries: one that ends the process is marked as seen by then, and is not taken
// again at every look. With a simulated clock it has its effect at once.
func (a *App) keepMail(ctx context.Context, in casework.InboundMail) error {
	if a.Simulated() {
		return a.takeMail(ctx, in)
	}
	_, err := a.Service.ReceiveMail(ctx, in)
	return err
}

func (a *App) openMailbox(context.Context) error {
	if a.cfg.IMAP == "" || a.cfg.NoLock {
		return nil
	}
	var err error
	a.mailbox, err = imapin.New(imapin.Options{URL: a.cfg.IMAP, Password: a.cfg.IMAPPassword, Store: a.keepMail, Log: a.cfg.Log})
	return err
}

// pollLoop reads the mailbox until ctx ends. What fails is tried again.
func (a *App) pollLoop(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		_, err := a.mailbox.Poll(ctx)
		if ctx.Err() == nil {
			a.Service.MailboxRead(err)
		}
		if err != nil && ctx.Err() == nil {
			a.cfg.Log.ErrorContext(ctx, "the mailbox could not be read", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
