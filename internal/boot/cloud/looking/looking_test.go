package looking

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func TestPagesAreLookedAtByAnotherFunction(t *testing.T) {
	asked, failure := "", ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		asked = r.URL.Path + " " + string(body)
		if failure != "" {
			w.Header().Set("X-Amz-Function-Error", failure)
		}
	}))
	defer server.Close()
	cfg := aws.Config{Region: "eu-west-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("K", "S", ""), RetryMaxAttempts: 1}
	l := New(cfg, "verify")
	in := casework.TrackInput{V: casework.InputVersion, Track: "item_1"}
	if err := l.Look(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if want := `/2015-03-31/functions/verify/invocations {"v":1,"track":"item_1","generation":0}`; asked != want {
		t.Errorf("asked %s\nwant  %s", asked, want)
	}
	failure = "Unhandled"
	if err := l.Look(t.Context(), in); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("a function that failed: %v", err)
	}
	server.Close()
	if err := l.Look(t.Context(), in); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("a function that cannot be called: %v", err)
	}
}

func TestTheFunctionIsNeeded(t *testing.T) {
	for name, value := range map[string]string{"none": "", "one": "verify"} {
		e := cloud.NewEnvironment(func(string) string { return value })
		add := Part().Read(e, cloud.Config{})
		err := e.Err()
		if (err == nil) != (value != "") || (err != nil && !strings.Contains(err.Error(), Function)) {
			t.Errorf("%s: %v", name, err)
		}
		b := &cloud.Build{}
		if err := add(t.Context(), b); err != nil || b.Deps.Looker == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
