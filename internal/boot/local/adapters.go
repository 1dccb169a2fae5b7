package local

import (
	"context"
	"crypto/x509"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/evidence/fetch"
	"github.com/ontdox/takedown/internal/mail/dirmail"
	"github.com/ontdox/takedown/internal/mail/smtpmail"
	"github.com/ontdox/takedown/internal/takedown"
)

// mailer is SMTP if a server is given, else the outbox directory.
func (a *App) mailer() (casework.Mailer, error) {
	if a.cfg.SMTP == "" {
		dir := filepath.Join(a.cfg.DataDir, "outbox")
		a.Notes["mail"] = "to the directory " + dir + ": nothing leaves this machine"
		return dirmail.New(dirmail.Options{Dir: dir, HostNow: a.cfg.HostNow, Hook: a.cfg.hook})
	}
	return smtpmail.New(smtpmail.Options{URL: a.cfg.SMTP, Password: a.cfg.SMTPPassword, HostNow: a.cfg.HostNow, Hook: a.cfg.hook})
}

// pages is the one client that fetches foreign pages, behind its guard.
func (a *App) pages() (casework.PageFetcher, error) {
	opt := fetch.Options{HostNow: a.cfg.HostNow}
	if s := a.cfg.StandIns; s != nil {
		if !a.Simulated() {
			return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "stand-ins are accepted only together with a simulated clock")
		}
		opt.StandIns, opt.CA = s.Hosts, x509.NewCertPool()
		if !opt.CA.AppendCertsFromPEM([]byte(s.CA)) {
			return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the stand-ins' CA cannot be read")
		}
		hosts := []string{}
		for h := range s.Hosts {
			hosts = append(hosts, h)
		}
		slices.Sort(hosts)
		a.Notes["fetchStandIns"] = fmt.Sprint(hosts)
	}
	return fetch.New(opt)
}

func (a *App) sweep(ctx context.Context) (casework.SweepResult, error) {
	return a.Service.Sweep(ctx, casework.SweepInput{V: casework.InputVersion})
}
