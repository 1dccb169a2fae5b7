package local_test

import (
	"testing"

	"github.com/ontdox/takedown/internal/boot/local"
	"github.com/ontdox/takedown/internal/takedown"
)

// Pages are looked at from each address and through each proxy that is named; one that is none stops
// the start.
func TestPagesAreLookedAtFromSeveralAddresses(t *testing.T) {
	cfg := config(t.TempDir())
	cfg.FetchFrom = []string{"127.0.0.2", "::1"}
	app := open(t, cfg)
	if len(app.Service.Abroad) != 2 || app.Service.Pages == nil || app.Notes["fetchFrom"] != "[127.0.0.2 ::1]" {
		t.Errorf("%d further ways out, notes %q", len(app.Service.Abroad), app.Notes["fetchFrom"])
	}
	cfg = config(t.TempDir())
	cfg.FetchProxies = []string{"http://desk:secret@proxy.example:8080"}
	app = open(t, cfg)
	if len(app.Service.Abroad) != 1 || app.Notes["fetchProxies"] != "[proxy.example:8080]" {
		t.Errorf("%d further ways out, notes %q", len(app.Service.Abroad), app.Notes["fetchProxies"])
	}
	none := config(t.TempDir())
	none.FetchProxies = []string{"socks5://proxy.example:1080"}
	_, err := local.Open(t.Context(), none)
	refused(t, err, takedown.NameInvalidInput)
	bad := config(t.TempDir())
	bad.FetchFrom = []string{"eth0"}
	_, err = local.Open(t.Context(), bad)
	refused(t, err, takedown.NameInvalidInput)
}
