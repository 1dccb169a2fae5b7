package asl

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Definition is a state machine that was read and found sound.
type Definition struct {
	machine
	timeout int64 // seconds for the whole execution, 0 without
	hash    string
}

// Hash is the hex SHA-256 of the bytes the definition was loaded from.
func (d *Definition) Hash() string { return d.hash }

// machine is what has StartAt and States: the definition itself, a branch of a
// Parallel, the processor of a Map.
type machine struct {
	startAt string
	states  map[string]*state
}

type stateType string

const (
	passState     stateType = "Pass"
	taskState     stateType = "Task"
	choiceState   stateType = "Choice"
	waitState     stateType = "Wait"
	succeedState  stateType = "Succeed"
	failState     stateType = "Fail"
	parallelState stateType = "Parallel"
	mapState      stateType = "Map"
)

type state struct {
	name string
	typ  stateType
	next string // "" at the end

	input, output pathField
	params        *template
	selector      *template
	assign        *template
	resultPath    resultPath
	result        *Data // of a Pass
	retry         []retrier
	catch         []catcher

	resource           Resource
	timeout, heartbeat numberField
	credentials        *template

	rules    []rule
	fallback string // Default of a Choice

	seconds   numberField // of a Wait
	timestamp textField

	errorName, cause textField

	branches    []*machine // a Map has one
	items       pathField
	item        *template
	concurrency numberField
}

// pathField is InputPath, OutputPath or ItemsPath; without a path the value
// passes as it is, and null makes it {}.
type pathField struct {
	null bool
	path *path
}

// resultPath is where a result goes; null throws it away.
type resultPath struct {
	discard bool
	path    *path // nil: the result replaces all
}

// numberField is a number or the path to one.
type numberField struct {
	set  bool
	n    int64
	path *path
	name string // the field's name, for messages
}

// textField is a text, or the path or call that gives it.
type textField struct {
	set  bool
	text string
	expr expr
	path string // the field's text, for messages
	name string
}

type retrier struct {
	errors   []string
	interval int64
	attempts int64
	backoff  float64
	maxDelay int64 // 0 without
	jitter   bool
}

type catcher struct {
	errors     []string
	next       string
	resultPath resultPath
	assign     *template
}

// Pattern is how a task waits for its result.
type Pattern string

// The patterns of service integrations.
const (
	RequestResponse Pattern = ""
	Sync            Pattern = "sync"
	Sync2           Pattern = "sync:2"
	WaitForToken    Pattern = "waitForTaskToken"
)

// ResourceKind tells what stands behind a Task's Resource.
type ResourceKind string

// The kinds of resource.
const (
	FunctionResource ResourceKind = "function" // arn:aws:lambda:REGION:ACCOUNT:function:NAME
	ActivityResource ResourceKind = "activity" // arn:aws:states:REGION:ACCOUNT:activity:NAME
	ServiceResource  ResourceKind = "service"  // arn:aws:states:::SERVICE:ACTION[.PATTERN]
)

// Resource is a Task's Resource, taken apart.
type Resource struct {
	ARN     string       `json:"arn"`
	Kind    ResourceKind `json:"kind"`
	Service string       `json:"service,omitempty"` // "lambda"; "aws-sdk:s3"
	Action  string       `json:"action,omitempty"`  // "invoke", without the pattern
	Pattern Pattern      `json:"pattern,omitempty"`
	Name    string       `json:"name,omitempty"` // of a function or activity
}

// parseResource takes an ARN apart; ok is false if it is none of a task.
func parseResource(arn string) (Resource, bool) {
	p := strings.SplitN(arn, ":", 6)
	if len(p) < 6 || p[0] != "arn" || p[1] == "" || p[5] == "" {
		return Resource{}, false
	}
	r := Resource{ARN: arn}
	switch {
	case p[2] == "lambda" && strings.HasPrefix(p[5], "function:"):
		r.Kind, r.Name = FunctionResource, strings.TrimPrefix(p[5], "function:")
		return r, r.Name != ""
	case p[2] == "states" && strings.HasPrefix(p[5], "activity:") && p[3] != "":
		r.Kind, r.Name = ActivityResource, strings.TrimPrefix(p[5], "activity:")
		return r, r.Name != ""
	case p[2] == "states" && p[3] == "" && p[4] == "":
		return serviceResource(r, p[5])
	}
	return Resource{}, false
}

func serviceResource(r Resource, rest string) (Resource, bool) {
	r.Kind = ServiceResource
	call, pattern, hasPattern := strings.Cut(rest, ".")
	if hasPattern {
		r.Pattern = Pattern(pattern)
		if r.Pattern != Sync && r.Pattern != Sync2 && r.Pattern != WaitForToken {
			return Resource{}, false
		}
	}
	i := strings.LastIndexByte(call, ':')
	if i < 1 || i == len(call)-1 {
		return Resource{}, false
	}
	r.Service, r.Action = call[:i], call[i+1:]
	return r, true
}

func hashOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
