package localengine

import (
	"context"
	"unicode/utf8"

	"github.com/ontdox/takedown/internal/engine/asl"
	"github.com/ontdox/takedown/internal/takedown"
)

// Start begins an execution of a machine under a name. It returns when the
// start, and every state that only passes, is durable. The same name with the
// same input while it runs is the same execution; otherwise the error is named
// ExecutionAlreadyExists. An unknown machine is StateMachineDoesNotExist.
func (e *Engine) Start(ctx context.Context, machine, name string, input []byte) error {
	if !asl.ValidName(name) {
		return takedown.Errorf(takedown.Invalid, "InvalidName", "An execution's name has 1 to 80 characters, and none of space, brackets, wildcards, quotes, controls or # %% \\ ^ | ~ ` $ & , ; : /.")
	}
	e.o.Hook("start:before")
	err := e.ask(ctx, func(b *batch) (error, error) { return b.start(machine, name, input) })
	e.o.Hook("start:after")
	return err
}

// Complete ends a wait by its token with an output. The errors are named
// InvalidToken, TaskDoesNotExist, TaskTimedOut (closed in any way) and
// InvalidOutput.
func (e *Engine) Complete(ctx context.Context, token string, output []byte) error {
	v, err := asl.ParseJSON(output)
	if err != nil || len(output) > asl.MaxPayload {
		return takedown.Errorf(takedown.Invalid, "InvalidOutput", "The output is not JSON of at most 256 KiB.")
	}
	return e.token(ctx, token, func(x *asl.Execution, task int64, env *asl.Env) (asl.Effects, bool) {
		return x.Resolve(task, v, env)
	})
}

// What AWS takes of an error's name and cause, in characters.
const maxErrorName, maxCause = 256, 32768

func validError(name, cause string) error {
	if utf8.RuneCountInString(name) > maxErrorName || utf8.RuneCountInString(cause) > maxCause {
		return takedown.Errorf(takedown.Invalid, "ValidationException", "An error's name has at most 256 characters, its cause 32768.")
	}
	return nil
}

// Fail ends a wait by its token with an error's name and cause. The errors are
// those of Complete, and ValidationException for a name or cause too long.
func (e *Engine) Fail(ctx context.Context, token, name, cause string) error {
	if err := validError(name, cause); err != nil {
		return err
	}
	return e.token(ctx, token, func(x *asl.Execution, task int64, env *asl.Env) (asl.Effects, bool) {
		return x.Fail(task, name, cause, env)
	})
}

// Heartbeat starts a wait's heartbeat interval anew. The errors are those of
// Complete.
func (e *Engine) Heartbeat(ctx context.Context, token string) error {
	return e.token(ctx, token, func(x *asl.Execution, task int64, env *asl.Env) (asl.Effects, bool) {
		return asl.Effects{}, x.Beat(task, env)
	})
}

func (e *Engine) token(ctx context.Context, token string, f func(*asl.Execution, int64, *asl.Env) (asl.Effects, bool)) error {
	e.o.Hook("token:before")
	err := e.ask(ctx, func(b *batch) (error, error) { return b.byToken(token, f) })
	e.o.Hook("token:after")
	return err
}

// Abort stops an execution; one that has ended stays as it is. NotFound if
// there is none, ValidationException for a name or cause too long.
func (e *Engine) Abort(ctx context.Context, name, errorName, cause string) error {
	if err := validError(errorName, cause); err != nil {
		return err
	}
	row, err := e.rowOf(ctx, name)
	if err != nil {
		return err
	}
	return e.ask(ctx, func(b *batch) (error, error) {
		l, err := b.open(row)
		if l == nil || err != nil {
			return nil, err
		}
		b.apply(l, l.x.Abort(b.env(row), asl.Failure{Error: errorName, Cause: cause}))
		return nil, nil
	})
}

// Tick fires what is due at case time now and returns when that is durable.
// What follows from it may still be running: see Idle. Unless Now is the wall
// clock it first lets handlers under way answer: a leap of a simulated clock is
// not time that they took. A handler must not call it.
func (e *Engine) Tick(ctx context.Context) error {
	if !e.o.Wall {
		if err := e.Idle(ctx); err != nil {
			return err
		}
	}
	for {
		var n int
		r := e.fireRequest(&n)
		if err := e.ask(ctx, r.apply); err != nil {
			return err
		}
		if n < maxDue {
			return nil
		}
	}
}
