package localcloud

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Region is where everything seems to be.
const Region = "eu-west-1"

//go:embed translate.py
var translator string

// Template is a CloudFormation template.
type Template struct {
	Parameters map[string]struct {
		Default any
	}
	Mappings   map[string]map[string]map[string]any
	Conditions map[string]any
	Resources  map[string]Resource

	file string // where the SAM template lies; its paths start there
}

// Resource is one of a template.
type Resource struct {
	Type       string
	Condition  string
	Properties map[string]any
}

// Translate reads a SAM template with the translator of a SAM installation's
// python.
func Translate(ctx context.Context, python, file string) (*Template, error) {
	var said, out bytes.Buffer
	cmd := exec.CommandContext(ctx, python, "-c", translator, file, Region) //nolint:gosec // of the installation that the caller chose
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("translate %s: %w: %s", file, err, strings.TrimSpace(said.String()))
	}
	t, err := parse(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("translate %s: %w", file, err)
	}
	t.file = file
	return t, nil
}

func parse(text []byte) (*Template, error) {
	t := &Template{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(t); err != nil {
		return nil, err
	}
	if len(t.Resources) == 0 {
		return nil, fmt.Errorf("the template has no resources")
	}
	return t, nil
}

// of lists the logical ids of a type, sorted.
func (t *Template) of(kind string) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		if t.Resources[id].Type == kind {
			out = append(out, id)
		}
	}
	return out
}

// heldToRows says whether a function's role names partitions of the table: then
// a recording says which ones it asked for.
func (t *Template) heldToRows(function string) bool {
	policies, err := json.Marshal(t.Resources[function+"Role"].Properties["Policies"])
	return err == nil && bytes.Contains(policies, []byte(`"dynamodb:LeadingKeys"`))
}

// path is where a file of the template lies.
func (t *Template) path(key string) string { return filepath.Join(filepath.Dir(t.file), key) }
