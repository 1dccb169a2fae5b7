package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sort"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/boot/local"
	"github.com/ontdox/takedown/internal/web/api"
)

// serveCmd serves the API over one data directory.
type serveCmd struct {
	installation
	Listen      string `default:"127.0.0.1:8080" env:"TAKEDOWN_LISTEN" help:"Address; not on loopback only with TLS or --behind-proxy."`
	SMTP        string `env:"TAKEDOWN_SMTP" help:"smtp[s]://user@host:port, over TLS unless it is this machine; without it mail goes into the data directory's outbox."`
	DKIMKey     string `name:"dkim-key" env:"TAKEDOWN_DKIM_KEY_FILE" placeholder:"FILE" help:"Key (PEM, RSA of 2048 bits or more, or Ed25519) that mail over SMTP is signed with; domain and selector stand in the settings (mail.dkim)."`
	MailListen  string `name:"mail-listen" env:"TAKEDOWN_MAIL_LISTEN" help:"Address to take in mail at over SMTP, for the desk's own addresses alone."`
	IMAP        string `env:"TAKEDOWN_IMAP" help:"imap[s]://user@host[:port][/folder] of the desk's mailbox, the program's own; the password is TAKEDOWN_IMAP_PASSWORD."`
	AuthServers string `name:"auth-servers" env:"TAKEDOWN_AUTH_SERVERS" placeholder:"ID,…" help:"Authserv-ids of the desk's own mail servers, whose Authentication-Results count for mail from IMAP."`
	DNS         string `env:"TAKEDOWN_DNS" help:"Name server (HOST:PORT) for the signatures of inbound mail; the system's without."`
	FetchProxy  string `name:"fetch-proxy" env:"TAKEDOWN_FETCH_PROXY" placeholder:"URL,…" help:"Proxies (http or https, with a port) through which pages are looked at too, each in another country."`
	FetchFrom   string `name:"fetch-from" env:"TAKEDOWN_FETCH_FROM" placeholder:"ADDRESS,…" help:"Own addresses from which pages are looked at too, of interfaces that reach the net in another country: what is blocked in one alone is told from what is gone."`
	Simulated   string `name:"simulated-clock" placeholder:"INSTANT" help:"Run on a simulated clock from this instant."`
	TLSCert     string `name:"tls-cert" help:"Certificate (PEM)."`
	TLSKey      string `name:"tls-key" help:"Key (PEM)."`
	BehindProxy bool   `help:"A proxy terminates TLS."`
	MailReady   string `hidden:"" help:"Write the address that mail is taken in at to this file."`
	Ready       string `hidden:"" help:"Write the address to this file once the server listens."`
}

// installation says which data directory a command works on.
type installation struct {
	Data    string `env:"TAKEDOWN_DATA" default:"takedown-data" help:"The data directory."`
	KeyFile string `env:"TAKEDOWN_KEY_FILE" help:"The key file, outside the data directory."`
}

func (i installation) config(log *slog.Logger) local.Config {
	return local.Config{DataDir: i.Data, KeyFile: i.KeyFile, Log: log}
}

// Run serves until it is told to stop, then ends what is under way.
func (s *serveCmd) Run(ctx context.Context, term terminal) error {
	cfg, err := s.localConfig(term)
	if err != nil {
		return err
	}
	if err := s.mayListen(); err != nil {
		return err
	}
	app, err := local.Open(ctx, cfg)
	if err != nil {
		return err
	}
	sayNotes(term, app)
	return errors.Join(s.serve(ctx, app, term), app.Close())
}

func (s *serveCmd) localConfig(term terminal) (local.Config, error) {
	cfg := s.config(slog.New(slog.NewTextHandler(term.err, &slog.HandlerOptions{Level: slog.LevelWarn})))
	cfg.SMTP, cfg.SMTPPassword = s.SMTP, os.Getenv("TAKEDOWN_SMTP_PASSWORD")
	cfg.DKIMKeyFile = s.DKIMKey
	cfg.DNS, cfg.IMAP, cfg.IMAPPassword = s.DNS, s.IMAP, os.Getenv("TAKEDOWN_IMAP_PASSWORD")
	cfg.AuthServers = strings.FieldsFunc(s.AuthServers, func(c rune) bool { return c == ',' || c == ' ' })
	listed := func(c rune) bool { return c == ',' || c == ' ' }
	cfg.FetchFrom, cfg.FetchProxies = strings.FieldsFunc(s.FetchFrom, listed), strings.FieldsFunc(s.FetchProxy, listed)
	cfg.Fault = os.Getenv("TAKEDOWN_FAULT")
	var err error
	if s.Simulated != "" {
		if cfg.SimulatedFrom, err = time.Parse(time.RFC3339, s.Simulated); err != nil {
			return cfg, usagef("--simulated-clock wants an RFC 3339 instant, for example 2027-03-22T09:00:00+01:00")
		}
	}
	if file := os.Getenv("TAKEDOWN_FETCH_STANDINS"); file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return cfg, err
		}
		cfg.StandIns = &local.StandIns{}
		if err := json.Unmarshal(b, cfg.StandIns); err != nil {
			return cfg, fmt.Errorf("TAKEDOWN_FETCH_STANDINS: %w", err)
		}
	}
	return cfg, nil
}

func (s *serveCmd) mayListen() error {
	host, _, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return usagef("--listen wants HOST:PORT")
	}
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return usagef("--tls-cert and --tls-key go together")
	}
	ip := net.ParseIP(host)
	if host == "localhost" || (ip != nil && ip.IsLoopback()) || s.TLSCert != "" || s.BehindProxy {
		return nil
	}
	return usagef("%s is not loopback: give --tls-cert and --tls-key, or --behind-proxy", host)
}

func sayNotes(term terminal, app *local.App) {
	var names []string
	for n := range app.Notes {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		fmt.Fprintf(term.err, "%s: %s\n", n, app.Notes[n])
	}
}

func (s *serveCmd) serve(ctx context.Context, app *local.App, term terminal) error {
	work, cancel := context.WithCancel(ctx)
	defer cancel()
	wait, err := app.Start(work)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		cancel()
		wait()
		return err
	}
	server := &http.Server{Handler: newAPI(app), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	failed := make(chan error, 2)
	mail, err := s.takeMail(work, app, term, failed)
	if err != nil {
		cancel()
		wait()
		return errors.Join(err, listener.Close())
	}
	fmt.Fprintf(term.err, "listening on %s\n", listener.Addr())
	if s.Ready != "" {
		if err := os.WriteFile(s.Ready, []byte(listener.Addr().String()), 0o600); err != nil {
			return err
		}
	}
	go func() { failed <- s.listen(server, listener) }()
	select {
	case err = <-failed:
	case <-ctx.Done():
		end, done := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
		err = server.Shutdown(end)
		done()
	}
	cancel()
	mail()
	wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// takeMail begins to take in mail, if it shall; wait lets what is under way end.
func (s *serveCmd) takeMail(ctx context.Context, app *local.App, term terminal, failed chan<- error) (wait func(), err error) {
	if s.MailListen == "" {
		return func() {}, nil
	}
	var secure *tls.Config
	if s.TLSCert != "" {
		cert, err := tls.LoadX509KeyPair(s.TLSCert, s.TLSKey)
		if err != nil {
			return nil, err
		}
		secure = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	}
	listener, err := net.Listen("tcp", s.MailListen)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(term.err, "taking in mail on %s\n", listener.Addr())
	if s.MailReady != "" {
		if err := os.WriteFile(s.MailReady, []byte(listener.Addr().String()), 0o600); err != nil {
			return nil, errors.Join(err, listener.Close())
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := app.ServeMail(ctx, listener, secure); err != nil {
			failed <- err
		}
	}()
	return func() { <-done }, nil
}

func (s *serveCmd) listen(server *http.Server, l net.Listener) error {
	if s.TLSCert != "" {
		return server.ServeTLS(l, s.TLSCert, s.TLSKey)
	}
	return server.Serve(l)
}

// newAPI is the API over an installation. With a simulated clock each answer
// waits until what follows from it has happened.
func newAPI(app *local.App) http.Handler {
	cfg := api.Config{
		Service: app.Service, HostNow: time.Now, Log: app.Log(), Version: version(), Notes: app.Notes,
		Health: app.Service.Health,
	}
	if app.Simulated() {
		cfg.Settle = app.Settle
	}
	return api.New(cfg)
}

// version is the module's, as built.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "devel"
}
