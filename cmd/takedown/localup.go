package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/ontdox/takedown/internal/localcloud"
	"github.com/ontdox/takedown/internal/takedown"
)

// localUpCmd runs the whole shape for AWS on this machine until it is told to
// stop.
type localUpCmd struct {
	Listen    string `default:"127.0.0.1:8080" env:"TAKEDOWN_LISTEN" help:"Address of the API, on loopback."`
	Root      string `default:"." help:"The checkout whose template and functions run." placeholder:"DIR"`
	SMTP      string `env:"TAKEDOWN_SMTP" help:"Where mail goes, smtp://host:port; without it into files below --out."`
	Simulated string `name:"simulated-clock" placeholder:"INSTANT" help:"Run on a simulated clock from this instant."`
	Out       string `default:"takedown-local-cloud" help:"Where tokens, the functions' log and mails are put." placeholder:"DIR"`
	Empty     bool   `help:"Begin without keys and tokens, for takedown import."`
	Ready     string `hidden:"" help:"Write the address to this file once the API answers."`
}

// Run brings services, stack and functions up, says where they are, and ends
// all of them when it ends, whatever for.
func (c *localUpCmd) Run(ctx context.Context, term terminal) (err error) {
	s, err := c.stack()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(c.Out, "functions.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	s.opt.Log = log
	if s.smtp == "" {
		w, err := newWorld(filepath.Join(c.Out, "mail"), nil)
		if err != nil {
			return err
		}
		defer func() { _ = w.Close() }() // servers of this process alone
		s.smtp = "smtp://" + w.smtpAddr
	}
	return c.bringUp(ctx, term, s)
}

// stack reads the flags.
func (c *localUpCmd) stack() (*cloudStack, error) {
	host, _, err := net.SplitHostPort(c.Listen)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, usagef("--listen wants HOST:PORT on loopback: nothing here keeps others from the services")
	}
	s := &cloudStack{smtp: c.SMTP, opt: localcloud.Options{Name: "takedown", Listen: c.Listen}}
	if c.Simulated != "" {
		if s.simulated, err = time.Parse(time.RFC3339, c.Simulated); err != nil {
			return nil, usagef("--simulated-clock wants an RFC 3339 instant, for example 2027-03-22T09:00:00+01:00")
		}
	}
	return s, nil
}

func (c *localUpCmd) bringUp(ctx context.Context, term terminal, s *cloudStack) (err error) {
	cache, err := cacheFor(term)
	if err != nil {
		return err
	}
	if s.opt.Template, s.opt.Bin, err = localcloud.Prepare(ctx, cache, c.Root); err != nil {
		return err
	}
	platform, err := localcloud.StartPlatform(ctx, cache)
	if err != nil {
		return err
	}
	defer platform.Stop()
	s.opt.On = platform.On
	cache.Progress("making the stack")
	people := map[string]takedown.Role{}
	for _, role := range takedown.Roles() {
		if c.Empty {
			break
		}
		people[string(role)] = role
	}
	tokens, err := s.deploy(ctx, people)
	if s.Deployment != nil {
		defer func() { err = errors.Join(err, s.Close()) }()
	}
	if err == nil {
		err = c.say(term.out, s, tokens)
	}
	if err != nil {
		return err
	}
	return platform.Keep(ctx, func(ctx context.Context) error { return s.goOn(ctx, cache.Progress) })
}

// say tells where everything is. Tokens stand in a file, not on the terminal.
func (c *localUpCmd) say(out io.Writer, s *cloudStack, tokens map[string]string) error {
	b, err := json.MarshalIndent(tokens, "", "  ")
	if err != nil {
		return err
	}
	file := filepath.Join(c.Out, "tokens.json")
	if err := os.WriteFile(file, append(b, '\n'), 0o600); err != nil {
		return err
	}
	if err := s.writeEnvironment(filepath.Join(c.Out, "operator.json")); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "the API answers on %s; a token for each role is in %s; stop with Ctrl-C\n", s.URL, file); err != nil {
		return err
	}
	if c.Ready == "" {
		return nil
	}
	return os.WriteFile(c.Ready, []byte(s.URL), 0o600)
}
