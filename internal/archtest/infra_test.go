package archtest

import (
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/statemachines"
)

// template is what the rules need of infra/template.yaml. Intrinsics (!Ref X)
// are read as their scalar, X.
type template struct {
	Globals struct {
		Function struct {
			Environment struct {
				Variables map[string]yaml.Node `yaml:"Variables"`
			} `yaml:"Environment"`
		} `yaml:"Function"`
	} `yaml:"Globals"`
	Resources map[string]struct {
		Type       string `yaml:"Type"`
		Properties struct {
			DefinitionURI           string               `yaml:"DefinitionUri"`
			DefinitionSubstitutions map[string]yaml.Node `yaml:"DefinitionSubstitutions"`
			Policies                yaml.Node            `yaml:"Policies"`
		} `yaml:"Properties"`
	} `yaml:"Resources"`
}

func readTemplate(t *testing.T, text string) template {
	t.Helper()
	var out template
	if err := yaml.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// functionsStand: every function is a resource and every such resource is one.
func functionsStand(tpl template, names []string) []string {
	var out []string
	for _, n := range names {
		if tpl.Resources[camel(n)].Type != "AWS::Serverless::Function" {
			out = append(out, "function "+n+" does not stand in the template")
		}
	}
	for id, r := range tpl.Resources {
		if r.Type == "AWS::Serverless::Function" && !slices.Contains(names, kebab(id)) {
			out = append(out, "resource "+id+" is no function of ours")
		}
	}
	return out
}

var openNames = regexp.MustCompile(`\$\{([A-Za-z]+)\}`)

// substitutions: a machine's open names are all filled in, each by the
// function of that name, which the machine may call; nothing else is filled in.
func substitutions(tpl template, id string, definition []byte) []string {
	var out []string
	r, ok := tpl.Resources[id]
	if !ok {
		return []string{id + " does not stand in the template"}
	}
	open := map[string]bool{}
	for _, found := range openNames.FindAllSubmatch(definition, -1) {
		open[string(found[1])] = true
	}
	given := r.Properties.DefinitionSubstitutions
	for _, name := range slices.Sorted(maps.Keys(open)) {
		node, ok := given[name]
		if !ok {
			out = append(out, id+" leaves ${"+name+"} open")
			continue
		}
		if node.Tag != "!Ref" || node.Value != name {
			out = append(out, id+" fills ${"+name+"} with "+node.Tag+" "+node.Value)
		}
		if !slices.Contains(mayInvoke(r.Properties.Policies), name) {
			out = append(out, id+" may not invoke "+name)
		}
	}
	for name := range given {
		if !open[name] {
			out = append(out, id+" fills ${"+name+"}, which is not open")
		}
	}
	return out
}

// mayInvoke are the functions that a machine's policies name.
func mayInvoke(policies yaml.Node) []string {
	var list []struct {
		LambdaInvokePolicy struct {
			FunctionName string `yaml:"FunctionName"`
		} `yaml:"LambdaInvokePolicy"`
	}
	if policies.Decode(&list) != nil {
		return nil
	}
	var out []string
	for _, p := range list {
		out = append(out, p.LambdaInvokePolicy.FunctionName)
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
      Policies:
        - LambdaInvokePolicy:
            FunctionName: !Ref Triage
`

func TestFunctionsStandInTheTemplate(t *testing.T) {
	holds(t, functionsStand(readTemplate(t, readRepo(t, "infra/template.yaml")), functionNames()))
	bites(t, functionsStand(readTemplate(t, spoiltTemplate), []string{"sweep", "plan-step"}),
		"function plan-step does not stand", "resource Swept is no function")
}

func TestMachinesAreFilledIn(t *testing.T) {
	tpl := readTemplate(t, readRepo(t, "infra/template.yaml"))
	for id, m := range map[string]struct {
		uri  string
		text []byte
	}{
		"CaseMachine":  {"../statemachines/case.asl.json", statemachines.Case},
		"TrackMachine": {"../statemachines/track.asl.json", statemachines.Track},
	} {
		holds(t, substitutions(tpl, id, m.text))
		if got := tpl.Resources[id].Properties.DefinitionURI; got != m.uri {
			t.Errorf("%s is defined by %q, want %q", id, got, m.uri)
		}
	}
	bites(t, substitutions(readTemplate(t, spoiltTemplate), "Machine", []byte(`${Sweep} ${Triage} ${Renew}`)),
		"Machine fills ${PlanStep}, which is not open", "Machine fills ${Triage} with !Ref Sweep", "Machine leaves ${Renew} open", "Machine may not invoke Sweep")
}

// TestTemplateConfiguresTheFunctions: the functions' environment is what
// boot/cloud reads, no less and no more.
func TestTemplateConfiguresTheFunctions(t *testing.T) {
	tpl := readTemplate(t, readRepo(t, "infra/template.yaml"))
	given := slices.Sorted(maps.Keys(tpl.Globals.Function.Environment.Variables))
	if read := slices.Sorted(slices.Values(cloud.Variables())); !slices.Equal(given, read) {
		t.Errorf("the template sets %q; boot/cloud reads %q", given, read)
	}
}
