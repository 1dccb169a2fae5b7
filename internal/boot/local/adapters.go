package local

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/netip"
	"os"
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
	opt := smtpmail.Options{URL: a.cfg.SMTP, Password: a.cfg.SMTPPassword, HostNow: a.cfg.HostNow, Hook: a.cfg.hook}
	if a.cfg.DKIMKeyFile != "" {
		text, err := os.ReadFile(a.cfg.DKIMKeyFile)
		if err != nil {
			return nil, err
		}
		if opt.Key, err = smtpmail.ParseKey(text); err != nil {
			return nil, fmt.Errorf("%s: %w", a.cfg.DKIMKeyFile, err)
		}
	}
	return smtpmail.New(opt)
}

// pages is the one client that fetches foreign pages, behind its guard, and
// the same from each further address.
func (a *App) pages() (casework.PageFetcher, []casework.PageFetcher, error) {
	opt := fetch.Options{HostNow: a.cfg.HostNow}
	if err := a.standIns(&opt); err != nil {
		return nil, nil, err
	}
	here, err := fetch.New(opt)
	if err != nil {
		return nil, nil, err
	}
	var abroad []casework.PageFetcher
	for _, from := range a.cfg.FetchFrom {
		if opt.From, err = netip.ParseAddr(from); err != nil {
			return nil, nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "%q, from which pages are to be fetched too, is no IP address", from)
		}
		client, err := fetch.New(opt)
		if err != nil {
			return nil, nil, err
		}
		abroad = append(abroad, client)
	}
	if len(abroad) > 0 {
		a.Notes["fetchFrom"] = fmt.Sprint(a.cfg.FetchFrom)
	}
	opt.From = netip.Addr{}
	proxied, hosts, err := fetch.Proxied(opt, a.cfg.FetchProxies)
	if err != nil {
		return nil, nil, err
	}
	if len(hosts) > 0 {
		a.Notes["fetchProxies"] = fmt.Sprint(hosts)
	}
	return here, append(abroad, proxied...), nil
}

// registriesOf asks registries through the client that fetches pages.
func registriesOf(pages casework.PageFetcher) casework.Registries {
	if client, ok := pages.(*fetch.Client); ok {
		return client.Registries()
	}
	return nil
}

func (a *App) standIns(opt *fetch.Options) error {
	s := a.cfg.StandIns
	if s == nil {
		return nil
	}
	if !a.Simulated() {
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "stand-ins are accepted only together with a simulated clock")
	}
	opt.StandIns, opt.CA = s.Hosts, x509.NewCertPool()
	if !opt.CA.AppendCertsFromPEM([]byte(s.CA)) {
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the stand-ins' CA cannot be read")
	}
	hosts := []string{}
	for h := range s.Hosts {
		hosts = append(hosts, h)
	}
	slices.Sort(hosts)
	a.Notes["fetchStandIns"] = fmt.Sprint(hosts)
	return nil
}

func (a *App) sweep(ctx context.Context) (casework.SweepResult, error) {
	return a.Service.Sweep(ctx, casework.SweepInput{V: casework.InputVersion})
}
