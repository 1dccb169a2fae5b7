package localengine

import (
	"bytes"
	"context"
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
func (e *Engine) loadMachines(ctx context.Context) error {
	e.machines, e.texts = map[string]*asl.Definition{}, map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(e.o.Machines)) {
		d, body, err := e.load(name, e.o.Machines[name])
		if err != nil {
			return err
		}
		if _, err := e.o.DB.ExecContext(ctx, insertDefinition, d.Hash(), body); err != nil {
			return storeError(err)
		}
		e.machines[name], e.defs[d.Hash()], e.texts[name] = d, d, body
	}
	return nil
}

const insertDefinition = `INSERT OR IGNORE INTO engine_definitions (hash, body) VALUES (?, ?)`

func (e *Engine) load(name string, body []byte) (*asl.Definition, []byte, error) {
	for _, key := range slices.Sorted(maps.Keys(e.o.Substitutions)) {
		text := asl.AppendJSON(nil, e.o.Substitutions[key])
		body = bytes.ReplaceAll(body, []byte("${"+key+"}"), text[1:len(text)-1])
	}
	if left := placeholder.Find(body); left != nil {
		return nil, nil, refused(name, fmt.Errorf("%s has no substitution", left))
	}
	d, err := asl.Load(body, asl.Host{Supports: e.supports, Check: e.check, OwnIdentity: true})
	if err != nil {
		return nil, nil, refused(name, err)
	}
	return d, body, nil
}

// Define adds a state machine until the engine ends: what it is to run after
// that stands in Options.Machines. Executions keep the definition they started
// with all the same. The errors are named InvalidName, InvalidDefinition and,
// if the name has another definition, StateMachineAlreadyExists.
func (e *Engine) Define(ctx context.Context, name string, definition []byte) error {
	if !asl.ValidName(name) {
		return takedown.Errorf(takedown.Invalid, "InvalidName", "A state machine's name has 1 to 80 characters of those that AWS takes.")
	}
	d, body, err := e.load(name, definition)
	if err != nil {
		return &takedown.Error{Kind: takedown.Invalid, Name: "InvalidDefinition", Message: err.Error(), Err: err}
	}
	err = e.ask(ctx, func(b *batch) (error, error) {
		if old := e.machines[name]; old != nil {
			if old.Hash() != d.Hash() {
				return takedown.Errorf(takedown.Conflict, "StateMachineAlreadyExists", "There is a state machine %s already.", name), nil
			}
			return nil, nil
		}
		b.wrote = true
		b.defined = append(b.defined, addition{name, d, body})
		_, err := b.tx.ExecContext(b.ctx, insertDefinition, d.Hash(), body)
		return nil, err
	})
	return err
}

// addition is a state machine that this batch adds.
type addition struct {
	name string
	d    *asl.Definition
	text []byte
}

// Definition gives the text of a state machine, placeholders filled; the error
// is named StateMachineDoesNotExist.
func (e *Engine) Definition(_ context.Context, name string) ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	text, ok := e.texts[name]
	if !ok {
		return nil, errNoMachine(name)
	}
	return text, nil
}

// Definitions names the state machines, sorted.
func (e *Engine) Definitions(context.Context) ([]string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Sorted(maps.Keys(e.texts)), nil
}

func errNoMachine(name string) error {
	return takedown.Errorf(takedown.NotFound, "StateMachineDoesNotExist", "There is no state machine %s.", name)
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
