package local

import (
	"context"
	"crypto/tls"
	"net"
	"os"
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

// ServeMail takes in mail on a listener until ctx ends. With a simulated clock
// an accepted mail has had its effect when it is answered.
func (a *App) ServeMail(ctx context.Context, l net.Listener, secure *tls.Config) error {
	name, err := os.Hostname()
	if err != nil {
		return err
	}
	server, err := smtpin.New(smtpin.Options{Domain: name, Accepts: a.Service.AcceptsMail, Store: a.takeMail, TLS: secure, Log: a.cfg.Log})
	if err != nil {
		return err
	}
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

func (a *App) openMailbox(context.Context) error {
	if a.cfg.IMAP == "" || a.cfg.NoLock {
		return nil
	}
	var err error
	a.mailbox, err = imapin.New(imapin.Options{URL: a.cfg.IMAP, Password: a.cfg.IMAPPassword, Store: a.takeMail, Log: a.cfg.Log})
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
