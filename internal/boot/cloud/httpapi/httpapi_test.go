package httpapi

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/boot/cloud/looking"
	"github.com/ontdox/takedown/internal/boot/local"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// vars are the part's variables, in order, with an issuer that nobody is at.
func vars(change map[string]string) *cloud.Environment {
	all := map[string]string{Issuer: "http://127.0.0.1:1", Audience: "takedown", RoleClaim: "roles", cloud.EvidenceBucket: "evidence", TransitBucket: "transit", looking.Function: "verify"}
	return cloud.NewEnvironment(func(name string) string {
		if v, ok := change[name]; ok {
			return v
		}
		return all[name]
	})
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	for _, name := range Variables() {
		e := vars(map[string]string{name: ""})
		Part().Read(e, cloud.Config{})
		if err := e.Err(); err == nil || err.Error() != name+" is not set" {
			t.Errorf("got %v", err)
		}
	}
	e := vars(map[string]string{Issuer: "http://login.example.nl"})
	Part().Read(e, cloud.Config{})
	if err := e.Err(); err == nil || !strings.Contains(err.Error(), Issuer+" cannot be used: the issuer must be an https address") {
		t.Errorf("got %v", err)
	}
}

// function is the API over an installation on this machine.
func function(t *testing.T) (casework.Handler, *local.App) {
	t.Helper()
	dir := t.TempDir()
	app, err := local.Open(t.Context(), local.Config{DataDir: filepath.Join(dir, "data"), KeyFile: filepath.Join(dir, "test.key")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	p, e := Part(), vars(nil)
	add := p.Read(e, cloud.Config{})
	b := &cloud.Build{Deps: app.Service.Deps, Service: app.Service, Notes: map[string]string{"simulatedClock": "on"}}
	if err := add(t.Context(), b); err != nil || e.Err() != nil {
		t.Fatal(err, e.Err())
	}
	return p.Handler(b), app
}

func ask(t *testing.T, h casework.Handler, path, token string) events.APIGatewayV2HTTPResponse {
	t.Helper()
	in := events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: path, Headers: map[string]string{"authorization": "Bearer " + token}}
	in.RequestContext.HTTP.Method = http.MethodGet
	payload, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := h(t.Context(), payload)
	if err != nil {
		t.Fatal(err)
	}
	var got events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTheAPIKnowsTokensOfItsOwnAndOfTheIssuer(t *testing.T) {
	h, app := function(t)
	made, err := app.Service.CreateToken(t.Context(), takedown.TheSystem, "coordinator-1", []takedown.Role{takedown.Coordinator})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path, token string
		status      int
		says        string
	}{
		"one of ours":        {"/v1/cases", made.Token, 200, `"items"`},
		"one that looks so":  {"/v1/cases", made.Token + "a", 401, "not known here"},
		"nobody's":           {"/v1/cases", "", 401, ""},
		"the issuer's":       {"/v1/cases", "a.b.c", 503, "keys of your organisation's issuer"},
		"no token is needed": {"/healthz", "", 200, `"simulatedClock":"on"`},
		"nothing there":      {"/v1/nothing", made.Token, 404, "nothing here"},
	} {
		got := ask(t, h, c.path, c.token)
		if got.StatusCode != c.status || !strings.Contains(got.Body, c.says) {
			t.Errorf("%s: got %d %s", name, got.StatusCode, got.Body)
		}
	}
}
