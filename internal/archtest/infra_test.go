package archtest

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/boot/cloud/httpapi"
	"github.com/ontdox/takedown/internal/boot/cloud/looking"
	"github.com/ontdox/takedown/internal/boot/cloud/mailing"
	"github.com/ontdox/takedown/internal/boot/cloud/receiving"
	"github.com/ontdox/takedown/statemachines"
)

// functionsStand: every function is a resource and every such resource is one.
func functionsStand(tpl stack, names []string) []string {
	var out []string
	stand := tpl.ofType("AWS::Serverless::Function")
	for _, n := range names {
		if !slices.Contains(stand, camel(n)) {
			out = append(out, "function "+n+" does not stand in the template")
		}
	}
	for _, id := range stand {
		if !slices.Contains(names, kebab(id)) {
			out = append(out, "resource "+id+" is no function of ours")
		}
	}
	return out
}

var openNames = regexp.MustCompile(`\$\{([A-Za-z]+)\}`)

// substitutions: a machine's open names are all filled in, each by the
// function of that name, which its role may call; nothing else is filled in,
// and its role calls nothing else.
func substitutions(tpl stack, id string, definition []byte) []string {
	if !slices.Contains(tpl.ofType("AWS::Serverless::StateMachine"), id) {
		return []string{id + " does not stand in the template"}
	}
	var out []string
	open := map[string]bool{}
	for _, found := range openNames.FindAllSubmatch(definition, -1) {
		open[string(found[1])] = true
	}
	given, may := asMap(tpl.property(id, "DefinitionSubstitutions")), tpl.may(id)["lambda:InvokeFunction"]
	for _, name := range slices.Sorted(maps.Keys(open)) {
		switch got, ok := given[name]; {
		case !ok:
			out = append(out, id+" leaves ${"+name+"} open")
		case got != name:
			out = append(out, fmt.Sprintf("%s fills ${%s} with %v", id, name, got))
		case !may[name]:
			out = append(out, id+" may not invoke "+name)
		}
	}
	for name := range given {
		if !open[name] {
			out = append(out, id+" fills ${"+name+"}, which is not open")
		}
	}
	for name := range may {
		if !open[name] {
			out = append(out, id+" may invoke "+name+", which it does not name")
		}
	}
	return out
}

func readRepo(t *testing.T, path string) string {
	t.Helper()
	text, err := fs.ReadFile(os.DirFS(root), path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const spoiltTemplate = `
Resources:
  Sweep:
    Type: AWS::Serverless::Function
  Swept:
    Type: AWS::Serverless::Function
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionSubstitutions:
        Sweep: !Ref Sweep
        Triage: !Ref Sweep
        PlanStep: !Ref PlanStep
      Role: !GetAtt Role.Arn
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyDocument:
            Statement: {Action: "lambda:InvokeFunction", Resource: !GetAtt Swept.Arn}
`

func TestFunctionsStandInTheTemplate(t *testing.T) {
	holds(t, functionsStand(readStack(t, readRepo(t, "infra/template.yaml")), functionNames()))
	bites(t, functionsStand(readStack(t, spoiltTemplate), []string{"sweep", "plan-step"}),
		"function plan-step does not stand", "resource Swept is no function")
}

func TestMachinesAreFilledIn(t *testing.T) {
	tpl := readStack(t, readRepo(t, "infra/template.yaml"))
	for id, m := range map[string]struct {
		uri  string
		text []byte
	}{
		"CaseMachine":  {"../statemachines/case.asl.json", statemachines.Case},
		"TrackMachine": {"../statemachines/track.asl.json", statemachines.Track},
	} {
		holds(t, substitutions(tpl, id, m.text))
		if got := tpl.property(id, "DefinitionUri"); got != m.uri {
			t.Errorf("%s is defined by %v, want %q", id, got, m.uri)
		}
	}
	bites(t, substitutions(readStack(t, spoiltTemplate), "Machine", []byte(`${Sweep} ${Triage} ${Renew}`)),
		"Machine fills ${PlanStep}, which is not open", "Machine fills ${Triage} with Sweep", "Machine leaves ${Renew} open", "Machine may invoke Swept, which", "Machine may not invoke Sweep")
}

// environment is what a function is given: what all are, and its own.
func (s stack) environment(id string) []string {
	all := maps.Clone(asMap(at(s["Globals"], "Function", "Environment", "Variables")))
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, asMap(s.property(id, "Environment", "Variables")))
	return slices.Sorted(maps.Keys(all))
}

// TestTemplateConfiguresTheFunctions: what boot/cloud reads, the template sets
// for the function that needs it.
func TestTemplateConfiguresTheFunctions(t *testing.T) {
	tpl := readStack(t, readRepo(t, "infra/template.yaml"))
	own := map[string][]string{"Api": httpapi.Variables(), "SendDocument": {mailing.SES}, "SendDigest": {mailing.SES}, "ReceiveMail": {receiving.Bucket}, "Sweep": {looking.Function}}
	for _, id := range tpl.ofType("AWS::Serverless::Function") {
		given := tpl.environment(id)
		for _, name := range slices.Concat(cloud.Variables(), own[id]) {
			if !slices.Contains(given, name) {
				t.Errorf("%s reads %s, which the template does not set", id, name)
			}
		}
	}
}

var asksStack = regexp.MustCompile(`\.(outputs|parameters)\["(\w+)"\]`)

// asked: what takedown doctor reads of a stack, the template gives.
func asked(tpl stack, program string) []string {
	var out []string
	section := map[string]string{"outputs": "Outputs", "parameters": "Parameters"}
	for _, found := range asksStack.FindAllStringSubmatch(program, -1) {
		if _, ok := asMap(tpl[section[found[1]]])[found[2]]; !ok {
			out = append(out, "doctor reads "+found[2]+", which is none of the template's "+found[1])
		}
	}
	return out
}

// described: every parameter says what it means, and what has a default that
// an operator would not want says so; every alarm has its line in the
// operator's manual.
func described(tpl stack, manual string) []string {
	var out []string
	for name, p := range asMap(tpl["Parameters"]) {
		if text, ok := at(p, "Description").(string); !ok || len(text) < 20 {
			out = append(out, "parameter "+name+" does not say what it means")
		}
	}
	for name, o := range asMap(tpl["Outputs"]) {
		if at(o, "Description") == nil {
			out = append(out, "output "+name+" does not say what it is")
		}
	}
	for _, id := range tpl.ofType("AWS::CloudWatch::Alarm") {
		group, _, _ := strings.Cut(id, "Execution")
		if group != id {
			group += "Execution…"
		}
		if !strings.Contains(manual, group) {
			out = append(out, "docs/operations.md has no line for alarm "+id)
		}
	}
	return out
}

func TestTheTemplateIsWhatOperatorsAreTold(t *testing.T) {
	tpl := readStack(t, readRepo(t, "infra/template.yaml"))
	program := readRepo(t, "internal/boot/cloudcheck/points.go")
	if !asksStack.MatchString(program) {
		t.Error("doctor reads nothing of the stack")
	}
	holds(t, asked(tpl, program))
	holds(t, described(tpl, readRepo(t, "docs/operations.md")))
	spoilt := readStack(t, `
Parameters: {Mail: {Description: too short}}
Outputs: {Url: {Value: x}}
Resources:
  Silence: {Type: AWS::CloudWatch::Alarm}
  CaseExecutionFailed: {Type: AWS::CloudWatch::Alarm}
`)
	bites(t, asked(spoilt, `d.outputs["Url"] d.outputs["Gone"] d.parameters["Mail"] d.parameters["Url"]`), "doctor reads Gone", "doctor reads Url")
	bites(t, described(spoilt, "CaseExecution…"), "docs/operations.md has no line for alarm Silence", "output Url", "parameter Mail")
}
