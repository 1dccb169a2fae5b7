package api_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTheDocumentAgreesWithTheContract: OpenAPI 3.1, each path with its
// schemas, each failure a Problem; the list of paths is a golden file.
func TestTheDocumentAgreesWithTheContract(t *testing.T) {
	d := newDesk(t, false)
	r := d.do(ask{method: "GET", path: "/v1/openapi.json"})
	if !strings.HasPrefix(text(r.body, "openapi"), "3.1") || r.header.Get("Content-Type") != "application/openapi+json" {
		t.Fatalf("%s %s", text(r.body, "openapi"), r.header.Get("Content-Type"))
	}
	if strings.Contains(r.raw, "ErrorModel") || strings.Contains(r.raw, "ErrorDetail") {
		t.Error("the library's own error model stands in the document")
	}
	schemas := r.body["components"].(object)["schemas"].(object)
	d.refs(t, schemas, r.body)
	var routes []string
	for route, op := range d.registered() {
		routes = append(routes, route)
		checkOperation(t, route, op)
	}
	slices.Sort(routes)
	golden := filepath.Join("testdata", "routes.golden")
	got := strings.Join(routes, "\n") + "\n"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != got {
		t.Errorf("the paths are not those of %s (%v):\n%s", golden, err, got)
	}
}

// Wherever a reason may be a code that stands in the history, the document names
// the codes.
func TestTheDocumentListsTheReasons(t *testing.T) {
	d := newDesk(t, false)
	schemas := d.do(ask{method: "GET", path: "/v1/openapi.json"}).body["components"].(object)["schemas"].(object)
	for schema, property := range map[string]string{
		"ClosureInput": "reason", "ReopeningInput": "reason", "OpenTrackInput": "reason", "TrackActInput": "reason", "UnsealInput": "reason",
		"OutcomeInput": "reason", "ExtensionInput": "reason", "MisdirectionInput": "reason", "ResolutionInput": "reason", "TaskCompletion": "reason",
		"DecisionInput": "reason", "ReportClosureInput": "reason", "RecountInput": "reason", "EvidenceInput": "selfCapturedReason",
	} {
		said := text(schemas, schema, "properties", property, "description")
		for _, code := range []string{" by_hand,", " not_doxing,", " wrong_mailbox."} {
			if strings.Count(said, code) != 1 {
				t.Errorf("%s/%s does not name %s once: %s", schema, property, code, said)
			}
		}
	}
}

func checkOperation(t *testing.T, route string, op object) {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	raw, _ := op["responses"].(object)
	problems, good := 0, 0
	for status, v := range raw {
		content, _ := v.(object)["content"].(object)
		switch {
		case status == "default" || status >= "400":
			problems++
			if text(content, "application/problem+json", "schema", "$ref") != "#/components/schemas/Problem" {
				t.Errorf("%s: %s is no Problem: %v", route, status, v)
			}
		default:
			good++
			if schema, _ := content["application/json"].(object); !rawRoute(route) && schema["schema"] == nil {
				t.Errorf("%s: %s has no schema", route, status)
			}
		}
	}
	if problems == 0 || good == 0 {
		t.Errorf("%s: %d problems, %d answers", route, problems, good)
	}
	body, _ := op["requestBody"].(object)
	content, _ := body["content"].(object)
	schema, _ := content["application/json"].(object)
	if needs := method != "GET" && !rawRoute(route); needs != (schema["schema"] != nil) {
		t.Errorf("%s: body %v", route, body)
	}
	params, _ := json.Marshal(op["parameters"])
	if strings.Count(path, "{") != strings.Count(string(params), `"in":"path"`) {
		t.Errorf("%s: parameters %s", route, params)
	}
}

// rawRoute says whether a path answers, or takes, something else than our JSON.
func rawRoute(route string) bool {
	return strings.Contains(route, "/v1/blobs/") || strings.HasSuffix(route, "/content") || strings.HasSuffix(route, "/rendered") || strings.HasSuffix(route, "/filing-sheet") || strings.HasSuffix(route, "/clocks.ics") || strings.HasSuffix(route, "/bundle") || strings.HasSuffix(route, "/raw") ||
		route == "GET /healthz" || route == "GET /v1/openapi.json"
}

// refs fails for a reference to a schema that is not there.
func (d *desk) refs(t *testing.T, schemas object, v any) {
	t.Helper()
	switch v := v.(type) {
	case object:
		if ref, ok := v["$ref"].(string); ok {
			if _, ok := schemas[strings.TrimPrefix(ref, "#/components/schemas/")]; !ok {
				t.Errorf("%s is not there", ref)
			}
		}
		for _, inner := range v {
			d.refs(t, schemas, inner)
		}
	case []any:
		for _, inner := range v {
			d.refs(t, schemas, inner)
		}
	}
}
