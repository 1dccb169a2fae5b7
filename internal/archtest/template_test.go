package archtest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// stack is infra/template.yaml read whole. Values are strings, lists and maps;
// an intrinsic is its text: !Ref X is X, !GetAtt X.Arn is X.Arn, !Sub is its
// string with what is open in it, and a list after !If is a list.
type stack map[string]any

func readStack(t *testing.T, text string) stack {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	out, ok := plain(doc.Content[0]).(map[string]any)
	if !ok {
		t.Fatal("the template is no mapping")
	}
	return out
}

func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			out[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, plain(c))
		}
		return out
	}
	return n.Value
}

// at follows a path of keys; nil where there is nothing.
func at(v any, path ...string) any {
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

// list is a value as a list: one string is a list of one.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func texts(v any) []string {
	var out []string
	for _, e := range list(v) {
		out = append(out, fmt.Sprint(e))
	}
	return out
}

// ofType are the logical ids of a type, sorted.
func (s stack) ofType(kind string) []string {
	var out []string
	for id, r := range asMap(s["Resources"]) {
		if at(r, "Type") == kind {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

func (s stack) property(id string, path ...string) any {
	return at(s["Resources"], append([]string{id, "Properties"}, path...)...)
}

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// statements are what a resource's role may: its own policies and the managed
// ones that it lists. The resource is a function or a state machine.
func (s stack) statements(id string) []any {
	role := strings.TrimSuffix(fmt.Sprint(s.property(id, "Role")), ".Arn")
	var out []any
	for _, p := range list(s.property(role, "Policies")) {
		out = append(out, list(at(p, "PolicyDocument", "Statement"))...)
	}
	for _, m := range texts(s.property(role, "ManagedPolicyArns")) {
		out = append(out, list(s.property(m, "PolicyDocument", "Statement"))...)
	}
	return out
}

// kinds turn a policy's resource into what it is about: a logical id, with /*
// for a bucket's objects and /index/NAME for a table's index.
var kinds = []struct {
	form *regexp.Regexp
	kind string
}{
	{regexp.MustCompile(`^\$\{(\w+)\.Arn\}(/.*)$`), "$1$2"},
	{regexp.MustCompile(`^(\w+)\.Arn$`), "$1"},
	{regexp.MustCompile(`:(?:stateMachine:\$\{AWS::StackName\}-case|execution:\$\{AWS::StackName\}-case:\*)$`), "CaseMachine"},
	{regexp.MustCompile(`:(?:stateMachine:\$\{AWS::StackName\}-track|execution:\$\{AWS::StackName\}-track:\*)$`), "TrackMachine"},
	{regexp.MustCompile(`:identity/\$\{MailDomain\}$`), "MailDomainIdentity"},
	{regexp.MustCompile(`:configuration-set/\$\{AWS::StackName\}$`), "MailConfiguration"},
}

func kindOf(resource string) string {
	for _, k := range kinds {
		if m := k.form.FindStringSubmatchIndex(resource); m != nil {
			return string(k.form.ExpandString(nil, k.kind, resource, m))
		}
	}
	return resource
}

// heldTo is what of a table or key a statement is held to, "" for all of it:
// partitions by how they begin ("j#*"), an encryption context ("case=look/*").
func heldTo(statement any, kind string) []string {
	var out []string
	switch kind {
	case "Table":
		out = texts(at(statement, "Condition", "ForAllValues:StringLike", "dynamodb:LeadingKeys"))
	case "Key":
		for _, operator := range []string{"StringEquals", "StringLike"} {
			for key, values := range asMap(at(statement, "Condition", operator)) {
				if name, ok := strings.CutPrefix(key, "kms:EncryptionContext:"); ok {
					for _, v := range texts(values) {
						out = append(out, name+"="+v)
					}
				}
			}
		}
	}
	if out == nil {
		return []string{""}
	}
	return out
}

// may is what a function or machine is allowed, by action and kind, with " "
// and a part of it where it is held to that.
func (s stack) may(id string) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, st := range s.statements(id) {
		for _, action := range texts(at(st, "Action")) {
			for _, r := range texts(at(st, "Resource")) {
				if out[action] == nil {
					out[action] = map[string]bool{}
				}
				for _, part := range heldTo(st, kindOf(r)) {
					out[action][strings.TrimSpace(kindOf(r)+" "+part)] = true
				}
			}
		}
	}
	return out
}
