package api_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// elsewhere carries every file over a byte.
type elsewhere struct{ lies map[string][]byte }

func (e elsewhere) Carries() int64 { return 1 }

func (e elsewhere) Upload(_ context.Context, name, _ string, _ int64, life time.Duration) (casework.TransitAddress, error) {
	return casework.TransitAddress{URL: "https://transit.example/" + name + "?" + life.String(), Headers: map[string]string{"X-Amz-Checksum-Sha256": "sum"}}, nil
}

func (e elsewhere) Open(_ context.Context, name string) (io.ReadCloser, error) {
	body, ok := e.lies[name]
	if !ok {
		return nil, takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "nothing was put")
	}
	return io.NopCloser(bytes.NewReader(body)), nil
}

func (e elsewhere) Offer(_ context.Context, _ string, r io.Reader, life time.Duration) (string, error) {
	var err error
	e.lies["offered"], err = io.ReadAll(r)
	return "https://transit.example/offered?" + life.String(), err
}

func (e elsewhere) Drop(_ context.Context, name string) error {
	delete(e.lies, name)
	return nil
}

// TestLargeFilesGoElsewhere: where the service's own address is too narrow, the
// answers lead to another, and reading is an entry all the same.
func TestLargeFilesGoElsewhere(t *testing.T) {
	d := newDesk(t, true)
	p := d.realCase()
	e := elsewhere{map[string][]byte{}}
	d.app.Service.Transit = e
	base := "/v1/cases/" + p["case"] + "/evidence"
	up := d.ok("specialist", "POST", base+"/uploads", announcement(sealedBytes))
	id := text(up, "id")
	headers, _ := up["uploadHeaders"].(map[string]any)
	if text(up, "uploadUrl") != "https://transit.example/"+id+"?5m0s" || headers["X-Amz-Checksum-Sha256"] != "sum" {
		t.Errorf("goes to %v", up)
	}
	e.lies[id] = []byte(sealedBytes)
	evidence := text(d.ok("specialist", "POST", base, captureOf(id, p["item"])), "id")
	if len(e.lies) != 0 {
		t.Error("the plain bytes are left in transit")
	}
	entries := len(list(d.ok("auditor", "GET", "/v1/cases/"+p["case"]+"/history?limit=200", nil), "items"))
	r := d.do(ask{method: "GET", path: base + "/" + evidence + "/content", role: "specialist"})
	if r.status != http.StatusSeeOther || r.header.Get("Location") != "https://transit.example/offered?5m0s" || string(e.lies["offered"]) != sealedBytes {
		t.Errorf("%d to %s", r.status, r.header.Get("Location"))
	}
	if got := len(list(d.ok("auditor", "GET", "/v1/cases/"+p["case"]+"/history?limit=200", nil), "items")); got != entries+1 {
		t.Errorf("reading evidence left %d entries", got-entries)
	}
	up = d.ok("specialist", "POST", base+"/uploads", announcement("x"))
	if _, has := up["uploadHeaders"]; has || text(up, "uploadUrl")[:10] != "/v1/blobs/" {
		t.Errorf("a small file goes to %v", up)
	}
}
