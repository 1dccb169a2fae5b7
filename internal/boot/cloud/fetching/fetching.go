// Package fetching gives a function the one client that fetches foreign pages, and
// asks registries through it, and takes everything else away from it: what meets hostile pages knows no
// case (design §8).
package fetching

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/evidence/fetch"
)

// StandIns names a file with loopback servers that stand in for foreign hosts,
// {"hosts": {"NAME": "ADDRESS:PORT"}, "ca": "PEM"}: only together with a
// simulated clock.
const StandIns = "TAKEDOWN_FETCH_STANDINS"

// Proxies names proxies through which pages are looked at too, each in another
// country, with commas between them; without, what is blocked by country cannot
// be told from what is gone.
const Proxies = "TAKEDOWN_FETCH_PROXY"

// Part is the fetcher.
func Part() cloud.Part { return cloud.Part{Narrow: true, Read: read} }

func read(e *cloud.Environment, cfg cloud.Config) func(context.Context, *cloud.Build) error {
	opt := fetch.Options{HostNow: time.Now}
	var hosts []string
	if file := e.Optional(StandIns); file != "" {
		hosts = standIns(e, cfg, file, &opt)
	}
	proxies := strings.FieldsFunc(e.Optional(Proxies), func(c rune) bool { return c == ',' || c == ' ' })
	for _, p := range proxies {
		if _, err := fetch.ParseProxy(p); err != nil {
			e.Wrong(Proxies, err.Error())
		}
	}
	return func(_ context.Context, b *cloud.Build) error {
		pages, err := fetch.New(opt)
		if err != nil {
			return err
		}
		abroad, at, err := fetch.Proxied(opt, proxies)
		if err != nil {
			return err
		}
		if b.Deps.Abroad = abroad; len(at) > 0 {
			b.Notes["fetchProxies"] = fmt.Sprint(at)
		}
		b.Deps.Pages, b.Deps.Registries = pages, pages.Registries()
		if hosts != nil {
			b.Notes["fetchStandIns"] = fmt.Sprint(hosts)
		}
		return nil
	}
}

// standIns reads the file and gives the hosts' names.
func standIns(e *cloud.Environment, cfg cloud.Config, file string, opt *fetch.Options) []string {
	var found struct {
		Hosts map[string]string `json:"hosts"`
		CA    string            `json:"ca"`
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &found)
	}
	opt.StandIns, opt.CA = found.Hosts, x509.NewCertPool()
	switch {
	case err != nil:
		e.Wrong(StandIns, "names a file that cannot be read")
	case !cfg.Simulated():
		e.Wrong(StandIns, "is accepted only together with a simulated clock")
	case !opt.CA.AppendCertsFromPEM([]byte(found.CA)):
		e.Wrong(StandIns, "has a CA that cannot be read")
	}
	return slices.Sorted(maps.Keys(found.Hosts))
}
