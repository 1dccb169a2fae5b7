package localcloud

import (
	"fmt"
	"strconv"
	"strings"
)

// exists says whether a resource is there under this stack's conditions.
func (r *resolver) exists(id string) (bool, error) {
	res, ok := r.t.Resources[id]
	if !ok || res.Condition == "" {
		return ok, nil
	}
	return r.condition(res.Condition)
}

func (r *resolver) condition(name string) (bool, error) {
	c, ok := r.t.Conditions[name]
	if !ok {
		return false, fmt.Errorf("there is no condition %q", name)
	}
	return r.holds(c)
}

// holds works out a condition's expression.
func (r *resolver) holds(c any) (bool, error) {
	object, _ := c.(map[string]any)
	if name, ok := object["Condition"].(string); ok {
		return r.condition(name)
	}
	name, arg, ok := intrinsic(object)
	list, isList := arg.([]any)
	if !ok || !isList {
		return false, fmt.Errorf("condition %v is not understood", c)
	}
	switch name {
	case "Fn::Equals":
		return r.equal(list)
	case "Fn::Not":
		holds, err := r.holds(list[0])
		return !holds, err
	case "Fn::And", "Fn::Or":
		return r.several(list, name == "Fn::Or")
	}
	return false, fmt.Errorf("condition %s is not understood", name)
}

func (r *resolver) equal(list []any) (bool, error) {
	if len(list) != 2 {
		return false, fmt.Errorf("Fn::Equals wants two values, got %d", len(list))
	}
	a, err := r.text(list[0])
	if err != nil {
		return false, err
	}
	b, err := r.text(list[1])
	return a == b, err
}

// several stops at the first that decides.
func (r *resolver) several(list []any, decides bool) (bool, error) {
	for _, c := range list {
		holds, err := r.holds(c)
		if err != nil || holds == decides {
			return holds, err
		}
	}
	return !decides, nil
}

func (r *resolver) ifElse(arg any) (any, error) {
	list, _ := arg.([]any)
	if len(list) != 3 {
		return nil, fmt.Errorf("Fn::If wants a condition and two values, got %v", arg)
	}
	holds, err := r.condition(fmt.Sprint(list[0]))
	if err != nil {
		return nil, err
	}
	if holds {
		return r.value(list[1])
	}
	return r.value(list[2])
}

func join(list []any) (any, error) {
	parts, ok := list[1].([]any)
	if !ok {
		return nil, fmt.Errorf("Fn::Join of %v is not understood", list[1])
	}
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = fmt.Sprint(p)
	}
	return strings.Join(words, fmt.Sprint(list[0])), nil
}

func selected(list []any) (any, error) {
	n, err := strconv.Atoi(fmt.Sprint(list[0]))
	from, ok := list[1].([]any)
	if err != nil || !ok || n < 0 || n >= len(from) {
		return nil, fmt.Errorf("Fn::Select %v of %v: nothing stands there", list[0], list[1])
	}
	return from[n], nil
}

func split(list []any) (any, error) {
	out := []any{}
	for _, s := range strings.Split(fmt.Sprint(list[1]), fmt.Sprint(list[0])) {
		out = append(out, s)
	}
	return out, nil
}
