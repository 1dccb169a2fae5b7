package localcloud

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// account is what LocalStack and moto say they are.
const account = "000000000000"

// resolver works out the intrinsic functions of a template for one stack, as
// CloudFormation does.
type resolver struct {
	t     *Template
	stack string
	// given are values of parameters; the template's defaults hold otherwise.
	given map[string]string
	// refs are the physical ids of what exists; attrs what GetAtt says, by
	// ID.ATTRIBUTE.
	refs, attrs map[string]string
}

func newResolver(t *Template, stack string, given map[string]string) *resolver {
	return &resolver{t: t, stack: stack, given: given, refs: map[string]string{}, attrs: map[string]string{}}
}

// absent is what Ref AWS::NoValue gives: the property is not there.
type absent struct{}

// text resolves what must be a string or a number.
func (r *resolver) text(v any) (string, error) {
	got, err := r.value(v)
	if err != nil {
		return "", err
	}
	switch s := got.(type) {
	case string:
		return s, nil
	case json.Number:
		return s.String(), nil
	case bool:
		return fmt.Sprint(s), nil
	}
	return "", fmt.Errorf("%v is no text", v)
}

// value resolves whatever it is given, to its depth.
func (r *resolver) value(v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		if name, arg, ok := intrinsic(v); ok {
			return r.call(name, arg)
		}
		return r.object(v)
	case []any:
		return r.list(v)
	}
	return v, nil
}

func (r *resolver) object(v map[string]any) (map[string]any, error) {
	out := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(v)) {
		got, err := r.value(v[key])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		if _, none := got.(absent); !none {
			out[key] = got
		}
	}
	return out, nil
}

func (r *resolver) list(v []any) (any, error) {
	out := []any{}
	for i, item := range v {
		got, err := r.value(item)
		if err != nil {
			return nil, fmt.Errorf("%d: %w", i, err)
		}
		if _, none := got.(absent); !none {
			out = append(out, got)
		}
	}
	return out, nil
}

// intrinsic says whether an object is a call of a function.
func intrinsic(v map[string]any) (name string, arg any, ok bool) {
	if len(v) != 1 {
		return "", nil, false
	}
	for k, a := range v {
		name, arg = k, a
	}
	return name, arg, name == "Ref" || strings.HasPrefix(name, "Fn::")
}

func (r *resolver) call(name string, arg any) (any, error) {
	switch name {
	case "Ref":
		return r.ref(arg)
	case "Fn::GetAtt":
		return r.attribute(arg)
	case "Fn::Sub":
		return r.sub(arg)
	case "Fn::If":
		return r.ifElse(arg)
	}
	args, err := r.value(arg)
	if err != nil {
		return nil, err
	}
	list, _ := args.([]any)
	switch {
	case name == "Fn::Join" && len(list) == 2:
		return join(list)
	case name == "Fn::Select" && len(list) == 2:
		return selected(list)
	case name == "Fn::Split" && len(list) == 2:
		return split(list)
	case name == "Fn::FindInMap" && len(list) == 3:
		return r.mapped(list)
	}
	return nil, fmt.Errorf("%s with %v is not understood", name, arg)
}

func (r *resolver) ref(arg any) (any, error) {
	name, _ := arg.(string)
	switch name {
	case "AWS::Region":
		return Region, nil
	case "AWS::AccountId":
		return account, nil
	case "AWS::Partition":
		return "aws", nil
	case "AWS::URLSuffix":
		return "amazonaws.com", nil
	case "AWS::StackName":
		return r.stack, nil
	case "AWS::StackId":
		return "arn:aws:cloudformation:" + Region + ":" + account + ":stack/" + r.stack + "/local", nil
	case "AWS::NoValue":
		return absent{}, nil
	}
	if id, ok := r.refs[name]; ok {
		return id, nil
	}
	if p, ok := r.t.Parameters[name]; ok {
		return r.parameter(name, p.Default)
	}
	return nil, fmt.Errorf("Ref %q: there is no such thing here", name)
}

func (r *resolver) parameter(name string, otherwise any) (any, error) {
	if v, ok := r.given[name]; ok {
		return v, nil
	}
	if otherwise == nil {
		return nil, fmt.Errorf("parameter %s has no default and none was given", name)
	}
	return fmt.Sprint(otherwise), nil
}

func (r *resolver) attribute(arg any) (any, error) {
	var name string
	switch a := arg.(type) {
	case string:
		name = a
	case []any:
		parts := []string{}
		for _, p := range a {
			parts = append(parts, fmt.Sprint(p))
		}
		name = strings.Join(parts, ".")
	}
	if v, ok := r.attrs[name]; ok {
		return v, nil
	}
	return nil, fmt.Errorf("GetAtt %q: there is no such thing here", name)
}

var placeholder = regexp.MustCompile(`\$\{(!?)([^}]+)\}`)

// sub fills ${Name} and ${Name.Attribute}; ${!Name} stays as ${Name}.
func (r *resolver) sub(arg any) (any, error) {
	local := map[string]any{}
	if pair, ok := arg.([]any); ok && len(pair) == 2 {
		arg = pair[0]
		local, _ = pair[1].(map[string]any)
	}
	text, ok := arg.(string)
	if !ok {
		return nil, fmt.Errorf("Fn::Sub with %v is not understood", arg)
	}
	var failed error
	out := placeholder.ReplaceAllStringFunc(text, func(found string) string {
		m := placeholder.FindStringSubmatch(found)
		if m[1] == "!" {
			return "${" + m[2] + "}"
		}
		got, err := r.named(m[2], local)
		if err != nil && failed == nil {
			failed = err
		}
		return got
	})
	return out, failed
}

func (r *resolver) named(name string, local map[string]any) (string, error) {
	if v, ok := local[name]; ok {
		return r.text(v)
	}
	if strings.Contains(name, ".") {
		return r.text(map[string]any{"Fn::GetAtt": name})
	}
	return r.text(map[string]any{"Ref": name})
}

func (r *resolver) mapped(list []any) (any, error) {
	v, ok := r.t.Mappings[fmt.Sprint(list[0])][fmt.Sprint(list[1])][fmt.Sprint(list[2])]
	if !ok {
		return nil, fmt.Errorf("Fn::FindInMap %v: nothing stands there", list)
	}
	return v, nil
}
