package localcloud

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/lambdahost"
)

// Stack is a template under one stack's name: what there is, by its physical
// names. Several stacks live beside each other on the same services.
type Stack struct {
	Name string

	r *resolver
}

// NewStack gives every resource of a template its physical name. parameters
// take the place of the template's defaults. Errors name the resource.
func NewStack(t *Template, name string, parameters map[string]string) (*Stack, error) {
	s := &Stack{Name: name, r: newResolver(t, name, parameters)}
	for id := range t.Resources {
		there, err := s.r.exists(id)
		if err != nil {
			return nil, fmt.Errorf("resource %s: %w", id, err)
		}
		if !there {
			continue
		}
		if err := s.call(id); err != nil {
			return nil, fmt.Errorf("resource %s: %w", id, err)
		}
	}
	return s, nil
}

// nameOf is the property that holds a resource's own name, by type.
var nameOf = map[string]string{
	typeFunction: "FunctionName", typeTable: "TableName", typeBucket: "BucketName", typeMachine: "StateMachineName",
	"AWS::KMS::Alias": "AliasName", "AWS::SES::ConfigurationSet": "Name", "AWS::IAM::Role": "RoleName", "AWS::SQS::Queue": "QueueName",
	"AWS::SNS::Topic": "TopicName", "AWS::Logs::LogGroup": "LogGroupName",
}

const (
	typeFunction = "AWS::Lambda::Function"
	typeTable    = "AWS::DynamoDB::Table"
	typeBucket   = "AWS::S3::Bucket"
	typeMachine  = "AWS::StepFunctions::StateMachine"
	typeKey      = "AWS::KMS::Key"
	typeRule     = "AWS::Events::Rule"
	typeSchedule = "AWS::Scheduler::Schedule"
)

// call gives a resource its name and ARN. What is not played here has them
// too, since roles and alarms speak of it; a key has them once it is made.
func (s *Stack) call(id string) error {
	res := s.r.t.Resources[id]
	if res.Type == typeKey {
		return nil
	}
	name := s.Name + "-" + id
	if given, ok := res.Properties[nameOf[res.Type]]; ok {
		var err error
		if name, err = s.r.text(given); err != nil {
			return err
		}
	}
	s.r.refs[id] = name
	switch res.Type {
	case typeFunction:
		s.r.attrs[id+".Arn"] = arn("lambda", "function:"+name)
	case typeTable:
		s.r.attrs[id+".Arn"] = arn("dynamodb", "table/"+name)
	case typeBucket:
		name = strings.ToLower(name)
		s.r.refs[id], s.r.attrs[id+".Arn"] = name, "arn:aws:s3:::"+name
	case typeMachine:
		s.r.refs[id], s.r.attrs[id+".Arn"], s.r.attrs[id+".Name"] = arn("states", "stateMachine:"+name), arn("states", "stateMachine:"+name), name
	default:
		s.r.attrs[id+".Arn"] = arn("local", id+"/"+name)
	}
	return nil
}

func arn(service, rest string) string {
	return "arn:aws:" + service + ":" + Region + ":" + account + ":" + rest
}

// Ref is the physical id of a resource, "" if there is none.
func (s *Stack) Ref(id string) string { return s.r.refs[id] }

// of lists the logical ids of a type that exist in this stack.
func (s *Stack) of(kind string) []string {
	var out []string
	for _, id := range s.r.t.of(kind) {
		if there, err := s.r.exists(id); err == nil && there { // NewStack has seen the error
			out = append(out, id)
		}
	}
	return out
}

// properties of a resource, resolved; only those named, if any are.
func (s *Stack) properties(id string, only ...string) (map[string]any, error) {
	all := s.r.t.Resources[id].Properties
	picked := map[string]any{}
	for key, v := range all {
		picked[key] = v
	}
	if len(only) > 0 {
		picked = map[string]any{}
		for _, key := range only {
			if v, ok := all[key]; ok {
				picked[key] = v
			}
		}
	}
	got, err := s.r.object(picked)
	if err != nil {
		return nil, fmt.Errorf("resource %s: %w", id, err)
	}
	return got, nil
}

// into reads resolved properties into a struct with the same field names.
func into(properties map[string]any, out any) error {
	b, err := json.Marshal(properties)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, out)
}

// Functions are the stack's functions for a host. bin holds the executables,
// each under the name of its directory in functions/; extra is added to the
// environment that the template gives, by the function's directory.
func (s *Stack) Functions(bin string, extra func(directory string) map[string]string) ([]lambdahost.Function, error) {
	var out []lambdahost.Function
	for _, id := range s.of(typeFunction) {
		f, err := s.function(id)
		if err != nil {
			return nil, err
		}
		f.Bootstrap = bin + "/" + Directory(id)
		for key, value := range extra(Directory(id)) {
			f.Env[key] = value
		}
		for key, value := range f.Env {
			if value == "" {
				delete(f.Env, key)
			}
		}
		out = append(out, f)
	}
	return out, nil
}

func (s *Stack) function(id string) (lambdahost.Function, error) {
	props, err := s.properties(id, "Environment", "Timeout", "MemorySize", "ReservedConcurrentExecutions")
	if err != nil {
		return lambdahost.Function{}, err
	}
	var read struct {
		Environment                                       struct{ Variables map[string]any }
		Timeout, MemorySize, ReservedConcurrentExecutions any
	}
	if err := into(props, &read); err != nil {
		return lambdahost.Function{}, fmt.Errorf("resource %s: %w", id, err)
	}
	f := lambdahost.Function{
		Name: s.Ref(id), Env: map[string]string{}, Timeout: time.Duration(number(read.Timeout)) * time.Second,
		MemoryMB: number(read.MemorySize), Reserved: number(read.ReservedConcurrentExecutions),
	}
	for key, value := range read.Environment.Variables {
		f.Env[key] = fmt.Sprint(value)
	}
	return f, nil
}

// number reads 256 and "256"; what is not there is 0.
func number(v any) int {
	if v == nil {
		return 0
	}
	n, err := strconv.Atoi(fmt.Sprint(v))
	if err != nil {
		return 0
	}
	return n
}

// Directories are those of the stack's functions.
func (s *Stack) Directories() []string {
	var out []string
	for _, id := range s.of(typeFunction) {
		out = append(out, Directory(id))
	}
	return out
}

// Directory is where a function's source lies in functions/: PlanStep is
// plan-step.
func Directory(logicalID string) string {
	var out strings.Builder
	for i, c := range logicalID {
		if i > 0 && c >= 'A' && c <= 'Z' {
			out.WriteByte('-')
		}
		out.WriteRune(c)
	}
	return strings.ToLower(out.String())
}

// machine is a state machine to be made.
type machine struct{ name, definition string }

func (s *Stack) machine(id string) (machine, error) {
	props, err := s.properties(id, "DefinitionS3Location", "DefinitionSubstitutions", "DefinitionString")
	if err != nil {
		return machine{}, err
	}
	var read struct {
		DefinitionS3Location    struct{ Key string }
		DefinitionSubstitutions map[string]any
		DefinitionString        string
	}
	if err := into(props, &read); err != nil {
		return machine{}, fmt.Errorf("resource %s: %w", id, err)
	}
	text := read.DefinitionString
	if text == "" {
		b, err := os.ReadFile(s.r.t.path(read.DefinitionS3Location.Key))
		if err != nil {
			return machine{}, fmt.Errorf("resource %s: %w", id, err)
		}
		text = string(b)
	}
	for name, value := range read.DefinitionSubstitutions {
		text = strings.ReplaceAll(text, "${"+name+"}", fmt.Sprint(value))
	}
	if m := placeholder.FindString(text); m != "" {
		return machine{}, fmt.Errorf("resource %s: the definition's %s is not filled in", id, m)
	}
	return machine{s.r.attrs[id+".Name"], text}, nil
}
