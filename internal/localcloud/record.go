package localcloud

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"sync"
)

// recorder stands between functions and services: it notes which function
// called what, and passes the call on. A function is known by its access key
// id, which is its logical id; to the services all calls come from one account.
type recorder struct {
	to map[string]http.Handler // by signing name

	mu       sync.Mutex
	calls    map[call]int
	quiet    map[string]int // functions whose calls are not noted, by how many ask for it
	answered func(action string, request []byte, status int)
}

// call is what a permission is about.
type call struct{ Function, Action, Resource string }

// maxCall bounds a body that is read to know what it asks: DynamoDB's own
// bound for a transaction, and S3's objects are not read.
const maxCall = 16 << 20

func newRecorder(on Services, invoke http.Handler, answered func(action string, request []byte, status int)) (*recorder, error) {
	r := &recorder{calls: map[call]int{}, quiet: map[string]int{operator: 1}, answered: answered, to: map[string]http.Handler{"lambda": invoke}}
	for service, endpoint := range map[string]string{"dynamodb": on.DynamoDB, "states": on.StepFunctions, "s3": on.Moto, "kms": on.Moto, "ses": on.Moto} {
		target, err := url.Parse(endpoint)
		if err != nil {
			return nil, err
		}
		r.to[service] = &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target) }}
	}
	return r, nil
}

// credential is AKID/DATE/REGION/SERVICE/aws4_request, in a header or, of a
// presigned URL, in the query.
var credential = regexp.MustCompile(`(Credential=)([A-Za-z0-9]+)(/\d+/[a-z0-9-]+/([a-z0-9-]+)/aws4_request)`)

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	function, service := signer(req)
	next, ok := r.to[service]
	if !ok {
		http.Error(w, "no service "+service+" is played here", http.StatusNotImplemented)
		return
	}
	var body []byte
	if target := req.Header.Get("X-Amz-Target"); target != "" {
		var err error
		if body, err = io.ReadAll(io.LimitReader(req.Body, maxCall)); err != nil {
			http.Error(w, "the request ended early", http.StatusBadRequest)
			return
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	asked := actions(service, req, body)
	r.note(function, asked)
	seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	next.ServeHTTP(seen, req)
	r.answered(asked[0].action, body, seen.status)
}

// signer reads who called which service, and makes all callers one account.
func signer(req *http.Request) (function, service string) {
	if m := credential.FindStringSubmatch(req.Header.Get("Authorization")); m != nil {
		req.Header.Set("Authorization", credential.ReplaceAllString(req.Header.Get("Authorization"), "${1}deployer${3}"))
		return m[2], m[4]
	}
	m := credential.FindStringSubmatch("Credential=" + req.URL.Query().Get("X-Amz-Credential"))
	if m == nil {
		return "", ""
	}
	return m[2], m[4]
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (r *recorder) note(function string, asked []permission) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.quiet[function] > 0 {
		return
	}
	for _, p := range asked {
		r.calls[call{function, p.action, p.resource}]++
	}
}

// unnoted lets a function call without being noted until the returned
// function is called: what it does for the simulated clock alone needs no
// permission where the clock is real.
func (r *recorder) unnoted(function string) (again func()) {
	change := func(by int) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.quiet[function] += by
	}
	change(1)
	return func() { change(-1) }
}

// Calls are a recording: by function's directory, then by action, the kinds of
// resource, sorted; " " and which of it was asked for may follow a kind.
type Calls map[string]map[string][]string

// recorded gives what was noted so far. kindOf turns the physical name that a
// function asked for into the resource's logical id.
func (r *recorder) recorded(kindOf func(function, resource string) string) Calls {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := Calls{}
	for c := range maps.Keys(r.calls) {
		out.add(Directory(c.Function), c.Action, kindOf(c.Function, c.Resource))
	}
	return out
}

func (c Calls) add(function, action, resource string) {
	if c[function] == nil {
		c[function] = map[string][]string{}
	}
	list := append(c[function][action], resource)
	slices.Sort(list)
	c[function][action] = slices.Compact(list)
}

// Merge adds another recording.
func (c Calls) Merge(other Calls) {
	for function, byAction := range other {
		for action, resources := range byAction {
			for _, resource := range resources {
				c.add(function, action, resource)
			}
		}
	}
}

// JSON is the recording as it is kept in a file.
func (c Calls) JSON() ([]byte, error) {
	b, err := json.MarshalIndent(c, "", "  ")
	return append(b, '\n'), err
}
