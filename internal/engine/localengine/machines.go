package localengine

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/engine/asl"
	"github.com/ontdox/takedown/internal/takedown"
)

var placeholder = regexp.MustCompile(`\$\{[A-Za-z0-9]+\}`)

// loadMachines reads the definitions and journals the bytes that executions
// will be started with.
func (e *Engine) loadMachines() error {
	e.machines = map[string]*asl.Definition{}
	for _, name := range slices.Sorted(maps.Keys(e.o.Machines)) {
		body := e.o.Machines[name]
		for _, key := range slices.Sorted(maps.Keys(e.o.Substitutions)) {
			text := asl.AppendJSON(nil, e.o.Substitutions[key])
			body = bytes.ReplaceAll(body, []byte("${"+key+"}"), text[1:len(text)-1])
		}
		if left := placeholder.Find(body); left != nil {
			return refused(name, fmt.Errorf("%s has no substitution", left))
		}
		d, err := asl.Load(body, asl.Host{Supports: e.supports, Check: e.check})
		if err != nil {
			return refused(name, err)
		}
		if _, err := e.o.DB.Exec(`INSERT OR IGNORE INTO engine_definitions (hash, body) VALUES (?, ?)`, d.Hash(), body); err != nil {
			return storeError(err)
		}
		e.machines[name], e.defs[d.Hash()] = d, d
	}
	return nil
}

func refused(name string, err error) error {
	return &takedown.Error{
		Kind: takedown.Invalid, Name: takedown.NameInvalidInput, Err: err,
		Message: "The state machine " + name + " was refused: " + err.Error(),
	}
}

// supports says which resources have a handler here.
func (e *Engine) supports(r asl.Resource) bool {
	switch r.Kind {
	case asl.FunctionResource:
		return e.o.Handlers[functionName(r.Name)] != nil
	case asl.ServiceResource:
		return r.Service == "lambda" && r.Action == "invoke" && (r.Pattern == asl.RequestResponse || r.Pattern == asl.WaitForToken)
	case asl.ActivityResource:
	}
	return false
}

// check refuses what an invoke cannot do here.
func (e *Engine) check(r asl.Resource, params asl.Object) (field, reason string) {
	if r.Kind != asl.ServiceResource {
		return "", ""
	}
	named := false
	for _, m := range params {
		switch m.Key {
		case "FunctionName":
			named = true
			if s, _ := m.Value.(string); e.o.Handlers[functionName(s)] == nil {
				return m.Key, "there is no function of this name"
			}
		case "FunctionName.$":
			named = true
		case "Payload", "Payload.$":
		default:
			return m.Key, "this parameter is not supported"
		}
	}
	if !named {
		return "FunctionName", "this parameter is missing"
	}
	return "", ""
}

// functionName takes the name out of an ARN, and a version off.
func functionName(s string) string {
	if _, after, ok := strings.Cut(s, ":function:"); ok {
		s = after
	}
	name, _, _ := strings.Cut(s, ":")
	return name
}
