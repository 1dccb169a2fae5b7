package asl

import (
	"errors"
	"fmt"
)

// maxIntermediate bounds what an intrinsic function builds on the way to a
// result, which MaxPayload bounds in the end.
const maxIntermediate = 4 << 20

// errTooLarge is a value that grew beyond every bound; it becomes
// States.DataLimitExceeded.
var errTooLarge = errors.New("the value is too large")

// withinLimits holds a value against the limits of the service: MaxPayload bytes, and
// as deep as its reader goes. It stops counting at the limit, because parts of
// a value may be shared many times over.
func withinLimits(v any) bool {
	left := MaxPayload
	return measure(v, &left, 0) && left >= 0
}

func measure(v any, left *int, depth int) bool {
	if depth > maxDepth || *left < 0 {
		return false
	}
	switch x := v.(type) {
	case string:
		*left -= stringSize(x)
	case []any:
		*left -= 1 + max(1, len(x))
		for _, e := range x {
			if !measure(e, left, depth+1) {
				return false
			}
		}
	case Object:
		*left -= 1 + max(1, len(x))
		for _, m := range x {
			*left -= stringSize(m.Key) + 1
			if !measure(m.Value, left, depth+1) {
				return false
			}
		}
	default:
		*left -= jsonSize(v)
	}
	return true
}

// limited gives the failure of a state whose value does not fit.
func limited(name string, values ...any) error {
	for _, v := range values {
		if !withinLimits(v) {
			return &failureError{limitedFailure(name)}
		}
	}
	return nil
}

func limitedFailure(name string) Failure {
	return Failure{
		Error: "States.DataLimitExceeded", hasCause: true,
		Cause: "The state/task '" + name + "' returned a result with a size exceeding the maximum number of bytes service limit.",
	}
}

// maxEvents is AWS's limit on an execution's history.
const maxEvents = 25000

// limit is how many events the execution may have.
func (e *Env) limit() int64 {
	if e.MaxEvents == 0 {
		return maxEvents
	}
	return e.MaxEvents
}

// overflow ends an execution whose history is full.
func (x *Execution) overflow() {
	x.full = false
	x.fail(Failure{Error: "States.Runtime", Cause: fmt.Sprintf("The execution reached the maximum number of history events (%d).", x.env.limit())})
}
