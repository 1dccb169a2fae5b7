package archtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
	"github.com/ontdox/takedown/statemachines"
)

// state is what the rules need of a state. Retry and Catch name errors.
type state struct {
	Type       string
	Resource   string
	Parameters struct{ FunctionName string }
	Retry      []struct{ ErrorEquals []string }
	Catch      []struct{ ErrorEquals []string }
}

// machine is a state machine by its states' names.
type machine struct {
	name   string
	States map[string]state
}

func readMachine(t *testing.T, name string, text []byte) machine {
	t.Helper()
	m := machine{name: name}
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return m
}

func machines(t *testing.T) []machine {
	t.Helper()
	return []machine{readMachine(t, "case", statemachines.Case), readMachine(t, "track", statemachines.Track)}
}

// states calls f for every state, in order of names.
func (m machine) states(f func(name string, s state)) {
	for _, name := range slices.Sorted(maps.Keys(m.States)) {
		f(m.name+"."+name, m.States[name])
	}
}

var openName = regexp.MustCompile(`^\$\{([A-Z][A-Za-z]*)\}$`)

// function is the name of the function that a state calls, with ${PlanStep}
// read as plan-step; empty for a state that calls none.
func (s state) function() string {
	found := openName.FindStringSubmatch(s.Parameters.FunctionName)
	if found == nil {
		return ""
	}
	return kebab(found[1])
}

// kebab reads PlanStep as plan-step.
func kebab(camel string) string {
	var b strings.Builder
	for i, r := range camel {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// camel reads plan-step as PlanStep.
func camel(kebab string) string {
	var b strings.Builder
	for _, part := range strings.Split(kebab, "-") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// foreignErrors are the names that AWS itself gives errors.
var foreignErrors = regexp.MustCompile(`^(States|Lambda)\.[A-Z][A-Za-z]+$`)

// errorNames: what a machine matches is a declared name (design §4).
func errorNames(ms []machine) []string {
	var out []string
	for _, m := range ms {
		m.states(func(at string, s state) {
			for _, list := range slices.Concat(s.Retry, s.Catch) {
				for _, name := range list.ErrorEquals {
					if !foreignErrors.MatchString(name) && !slices.Contains(takedown.ErrorNames(), name) {
						out = append(out, at+" matches "+name+", which no error is called")
					}
				}
			}
		})
	}
	return out
}

// tasksHaveHandlers: every task calls Lambda with an open name for which there
// is a handler.
func tasksHaveHandlers(ms []machine, handlers []string) []string {
	var out []string
	for _, m := range ms {
		m.states(func(at string, s state) {
			if s.Type != "Task" {
				return
			}
			if !strings.HasPrefix(s.Resource, "arn:aws:states:::lambda:invoke") {
				out = append(out, at+" calls "+s.Resource)
			}
			if f := s.function(); !slices.Contains(handlers, f) {
				out = append(out, fmt.Sprintf("%s calls %q, for which there is no handler", at, s.Parameters.FunctionName))
			}
		})
	}
	return out
}

// handlerNames are the functions that casework offers.
func handlerNames() []string {
	return slices.Sorted(maps.Keys(casework.New(casework.Deps{}).Handlers()))
}

func TestMachinesMatchDeclaredErrors(t *testing.T) {
	holds(t, errorNames(machines(t)))
	bites(t, errorNames([]machine{readMachine(t, "x", []byte(`{"States":{
		"A":{"Type":"Task","Retry":[{"ErrorEquals":["Conflict","Conflicts"]}],"Catch":[{"ErrorEquals":["States.Timeout","*errors.errorString"]}]},
		"B":{"Type":"Task","Catch":[{"ErrorEquals":["Lambda.ServiceException","StaleInput"]}]}}}`))}),
		"x.A matches *errors.errorString", "x.A matches Conflicts")
}

func TestTasksHaveHandlers(t *testing.T) {
	ms := machines(t)
	holds(t, tasksHaveHandlers(ms, handlerNames()))
	bites(t, tasksHaveHandlers([]machine{readMachine(t, "x", []byte(`{"States":{
		"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"${PlanSteps}"}},
		"B":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken","Parameters":{"FunctionName":"plan-step"}},
		"C":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","Parameters":{"FunctionName":"${PlanStep}"}},
		"D":{"Type":"Pass"}}}`))}, handlerNames()),
		`x.A calls "${PlanSteps}"`, `x.B calls "plan-step"`, "x.C calls arn:aws:states:::sqs:sendMessage")
}
