// Package httpapi gives a function the HTTP API, behind API Gateway: the same
// handlers as serve.
package httpapi

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/ontdox/takedown/internal/blob/s3blob"
	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/boot/cloud/looking"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
	"github.com/ontdox/takedown/internal/web/api"
	"github.com/ontdox/takedown/internal/web/gateway"
	"github.com/ontdox/takedown/internal/web/oidcauth"
)

// The part's variables; all are needed.
const (
	// Issuer, Audience and RoleClaim say whose tokens are good, see oidcauth.
	Issuer    = "TAKEDOWN_OIDC_ISSUER"
	Audience  = "TAKEDOWN_OIDC_AUDIENCE"
	RoleClaim = "TAKEDOWN_OIDC_ROLE_CLAIM"
	// TransitBucket names the bucket through which large files pass.
	TransitBucket = "TAKEDOWN_TRANSIT_BUCKET"
)

// carried is the largest file that goes through the gateway: gateway.MaxPayload
// holds it in base64, beside the rest of an event.
const carried = 4 << 20

// Variables are the names of the part's environment variables.
func Variables() []string {
	return []string{Issuer, Audience, RoleClaim, cloud.EvidenceBucket, TransitBucket, looking.Function}
}

// Part is the API.
func Part() cloud.Part {
	p := &part{}
	return cloud.Part{Read: p.read, Handler: p.handler}
}

type part struct {
	tokens   *oidcauth.Verifier
	transit  string
	verifier string
}

func (p *part) read(e *cloud.Environment, _ cloud.Config) func(context.Context, *cloud.Build) error {
	opt := oidcauth.Options{Issuer: e.Needed(Issuer), Audience: e.Needed(Audience), RoleClaim: e.Needed(RoleClaim), HostNow: time.Now}
	_ = e.Needed(cloud.EvidenceBucket) // every function may have one, this one must
	p.transit, p.verifier = e.Needed(TransitBucket), e.Needed(looking.Function)
	var err error
	if p.tokens, err = oidcauth.New(opt); err != nil && opt.Issuer != "" && opt.Audience != "" && opt.RoleClaim != "" {
		e.Wrong(Issuer, "cannot be used: "+err.Error())
	}
	return func(_ context.Context, b *cloud.Build) error {
		b.Deps.Looker = looking.New(b.AWS, p.verifier)
		b.Deps.Transit = s3blob.NewTransit(b.AWS, p.transit, carried, b.HostNow)
		return nil
	}
}

func (p *part) handler(b *cloud.Build) casework.Handler {
	return gateway.Handler(api.New(api.Config{
		Service: b.Service, HostNow: time.Now, Log: b.Log(), Version: version(), Notes: b.Notes, Health: b.Service.Health,
		Authenticate: p.authenticate(b.Service),
	}))
}

// authenticate knows the tokens made here (takedown token create), and those
// of the organisation's issuer.
func (p *part) authenticate(s *casework.Service) func(context.Context, string) (takedown.Principal, error) {
	return func(ctx context.Context, bearer string) (takedown.Principal, error) {
		if oidcauth.LooksSigned(bearer) {
			return p.tokens.Principal(ctx, bearer)
		}
		return s.Authenticate(ctx, bearer)
	}
}

// version is the module's, as built.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "devel"
}
