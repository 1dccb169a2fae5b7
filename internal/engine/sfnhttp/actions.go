package sfnhttp

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// stamp is an instant as JSON 1.0 has it: seconds with a fraction.
func stamp(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

type createInput struct{ Name, Definition, Type string }

func (s server) createMachine(ctx context.Context, in createInput) (object, error) {
	if in.Type == "EXPRESS" {
		return nil, takedown.Errorf(takedown.Invalid, "ValidationException", "Express state machines are not served here.")
	}
	if err := s.e.Define(ctx, in.Name, []byte(in.Definition)); err != nil {
		return nil, err
	}
	return object{"stateMachineArn": machineARN(in.Name), "creationDate": 0}, nil
}

type machineInput struct{ StateMachineArn string }

func (s server) describeMachine(ctx context.Context, in machineInput) (object, error) {
	name, err := resource(in.StateMachineArn, "stateMachine:")
	if err != nil {
		return nil, err
	}
	text, err := s.e.Definition(ctx, name)
	if err != nil {
		return nil, err
	}
	return object{
		"stateMachineArn": machineARN(name), "name": name, "status": "ACTIVE", "type": "STANDARD",
		"definition": string(text), "roleArn": prefix + "none", "creationDate": 0,
	}, nil
}

func (s server) listMachines(ctx context.Context, _ struct{}) (object, error) {
	names, err := s.e.Definitions(ctx)
	list := []object{}
	for _, n := range names {
		list = append(list, object{"stateMachineArn": machineARN(n), "name": n, "type": "STANDARD", "creationDate": 0})
	}
	return object{"stateMachines": list}, err
}

type startInput struct {
	StateMachineArn string
	Name, Input     *string
}

func (s server) start(ctx context.Context, in startInput) (object, error) {
	machine, err := resource(in.StateMachineArn, "stateMachine:")
	if err != nil {
		return nil, err
	}
	name, input := rand.Text(), "{}" // as AWS, which makes one up
	if in.Name != nil {
		name = *in.Name
	}
	if in.Input != nil {
		input = *in.Input
	}
	if err := s.e.Start(ctx, machine, name, []byte(input)); err != nil {
		return nil, err
	}
	x, err := s.e.Describe(ctx, name)
	return object{"executionArn": executionARN(machine, name), "startDate": stamp(x.StartedAt)}, err
}

type executionInput struct{ ExecutionArn, Error, Cause string }

// find gives the execution that an ARN names.
func (s server) find(ctx context.Context, arn string) (casework.Execution, error) {
	name, err := execution(arn)
	if err != nil {
		return casework.Execution{}, err
	}
	x, err := s.e.Describe(ctx, name)
	if err == nil && executionARN(x.Machine, x.Name) != arn {
		err = takedown.Errorf(takedown.NotFound, "ExecutionDoesNotExist", "There is no such execution.")
	}
	return x, err
}

func (s server) describe(ctx context.Context, in executionInput) (object, error) {
	x, err := s.find(ctx, in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	input, output, err := s.e.Data(ctx, x.Name)
	if err != nil {
		return nil, err
	}
	out := summary(x)
	out["input"] = string(input)
	if output != nil {
		out["output"] = string(output)
	}
	if x.Error != "" {
		out["error"] = x.Error
	}
	if x.Cause != "" {
		out["cause"] = x.Cause
	}
	return out, nil
}

func summary(x casework.Execution) object {
	out := object{
		"executionArn": executionARN(x.Machine, x.Name), "stateMachineArn": machineARN(x.Machine),
		"name": x.Name, "status": x.Status, "startDate": stamp(x.StartedAt),
	}
	if !x.StoppedAt.IsZero() {
		out["stopDate"] = stamp(x.StoppedAt)
	}
	return out
}

type listInput struct {
	StateMachineArn, StatusFilter, NextToken string
	MaxResults                               int
}

// list gives a page; it may be shorter than asked for, even empty, before the
// last one, as on AWS.
func (s server) list(ctx context.Context, in listInput) (object, error) {
	machine, err := resource(in.StateMachineArn, "stateMachine:")
	if err != nil {
		return nil, err
	}
	if _, err := s.e.Definition(ctx, machine); err != nil {
		return nil, err
	}
	if _, err := pageToken(in.NextToken); err != nil {
		return nil, err
	}
	list, next, err := s.e.Executions(ctx, in.StatusFilter, in.NextToken, in.MaxResults)
	found := []object{}
	for _, x := range list {
		if x.Machine == machine {
			found = append(found, summary(x))
		}
	}
	out := object{"executions": found}
	if next != "" {
		out["nextToken"] = next
	}
	return out, err
}

func (s server) stop(ctx context.Context, in executionInput) (object, error) {
	x, err := s.find(ctx, in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	if err := s.e.Abort(ctx, x.Name, in.Error, in.Cause); err != nil {
		return nil, err
	}
	x, err = s.e.Describe(ctx, x.Name)
	return object{"stopDate": stamp(x.StoppedAt)}, err
}

type taskInput struct{ TaskToken, Output, Error, Cause string }

func (s server) success(ctx context.Context, in taskInput) (object, error) {
	return object{}, s.e.Complete(ctx, in.TaskToken, []byte(in.Output))
}

func (s server) failure(ctx context.Context, in taskInput) (object, error) {
	return object{}, s.e.Fail(ctx, in.TaskToken, in.Error, in.Cause)
}

func (s server) heartbeat(ctx context.Context, in taskInput) (object, error) {
	return object{}, s.e.Heartbeat(ctx, in.TaskToken)
}
