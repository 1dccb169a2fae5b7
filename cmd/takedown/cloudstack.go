package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/localcloud"
	"github.com/ontdox/takedown/internal/takedown"
)

// cloudStack is a stack of the shape local-cloud with what an operator does
// for it.
type cloudStack struct {
	*localcloud.Deployment

	opt       localcloud.Options
	simulated time.Time // zero: the system's clock
	smtp      string    // smtp://host:port
	standins  string    // a file; "" for none
}

// stackParameters stand for what an organisation gives. Nothing of it leaves
// this machine.
func stackParameters() map[string]string {
	return map[string]string{
		"OidcIssuer": "https://login.example.nl", "OidcAudience": "takedown", "MailDomain": "meldpunt.example.nl", "AlarmMail": "desk@example.nl",
	}
}

// deploy makes the stack, begins its simulation if it has one, and gives a
// token for each name, of the role that stands by it.
func (s *cloudStack) deploy(ctx context.Context, people map[string]takedown.Role) (map[string]string, error) {
	s.opt.Parameters, s.opt.HostNow, s.opt.Settles, s.opt.Env = stackParameters(), time.Now, !s.simulated.IsZero(), s.environment
	var err error
	if s.Deployment, err = localcloud.Deploy(ctx, s.opt); err != nil {
		return nil, err
	}
	tokens, err := s.begin(ctx, people)
	if err != nil {
		return nil, fmt.Errorf("begin the installation: %w", err)
	}
	return tokens, nil
}

// environment is what a function has here and not on AWS: mail by SMTP, and
// servers that stand in for the world's.
func (s *cloudStack) environment(directory string) map[string]string {
	env := map[string]string{}
	if !s.simulated.IsZero() {
		env["TAKEDOWN_SIMULATED_CLOCK"] = s.simulated.Format(time.RFC3339)
	}
	switch directory {
	case "send-document", "send-digest":
		env["TAKEDOWN_SMTP"], env["TAKEDOWN_SES_CONFIGURATION"] = s.smtp, ""
	case "verify-content":
		env["TAKEDOWN_FETCH_STANDINS"] = s.standins
	}
	return env
}

// operate opens the service as an operator does.
func (s *cloudStack) operate(ctx context.Context) (*cloud.Build, error) {
	env, err := s.Environment("api")
	if err != nil {
		return nil, err
	}
	return cloud.Operate(ctx, func(name string) string { return env[name] })
}

// writeEnvironment writes what takedown export and import need to work on the
// stack.
func (s *cloudStack) writeEnvironment(file string) error {
	env, err := s.Environment("api")
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(env, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o600)
}

// begin makes tokens; without people it leaves the stack without keys.
func (s *cloudStack) begin(ctx context.Context, people map[string]takedown.Role) (map[string]string, error) {
	if len(people) == 0 {
		return map[string]string{}, nil
	}
	b, err := s.operate(ctx)
	if err != nil {
		return nil, err
	}
	tokens := map[string]string{}
	for name, role := range people {
		made, err := b.Service.CreateToken(ctx, takedown.TheSystem, "test-"+strings.ReplaceAll(name, "_", "-"), []takedown.Role{role})
		if err != nil {
			return nil, err
		}
		tokens[name] = made.Token
	}
	return tokens, nil
}

// goOn is what follows when LocalStack was lost: its machines are made again,
// and every execution that is gone gets its next generation from the store.
func (s *cloudStack) goOn(ctx context.Context, say func(string)) error {
	if err := s.Recover(ctx); err != nil {
		return err
	}
	b, err := s.operate(ctx)
	if err != nil {
		return err
	}
	revived, err := b.Service.ReviveGone(ctx)
	say(fmt.Sprintf("LocalStack came back: %d executions go on from the store", revived))
	if err != nil {
		return err
	}
	if s.simulated.IsZero() {
		_, err = b.Service.DeliverNow(ctx)
		return err
	}
	return s.Settle(ctx)
}
