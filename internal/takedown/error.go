package takedown

import (
	"errors"
	"fmt"
)

// Kind says what may be done about an error. It decides the HTTP status and
// whether a machine retries (design §8); nothing else does.
type Kind string

// The kinds, with the status the API answers for each.
const (
	Malformed    Kind = "malformed"    // 400: the request cannot be read
	Unauthorized Kind = "unauthorized" // 401: nobody we know
	Forbidden    Kind = "forbidden"    // 403: the role may not do this
	NotFound     Kind = "not_found"    // 404: not there, or not to be seen
	Conflict     Kind = "conflict"     // 409: the state does not allow it, or somebody was faster
	Stale        Kind = "stale"        // 412: the version the caller saw is gone
	TooLarge     Kind = "too_large"    // 413
	Unsupported  Kind = "unsupported"  // 415
	Invalid      Kind = "invalid"      // 422: the content is wrong; Fields says where
	Precondition Kind = "precondition" // 428: If-Match is missing
	RateLimited  Kind = "rate_limited" // 429
	Unavailable  Kind = "unavailable"  // 503: try again later; nothing was stored
	Internal     Kind = "internal"     // 500: our fault
)

// FieldError names one bad field of an input by its JSON pointer (RFC 6901).
// Detail never holds the offending value: it may be private data.
type FieldError struct {
	Pointer string
	Detail  string
}

// Error is the one error type that crosses package borders.
//
// Kind decides status and retry. Name is the contract with the state machines:
// it is what ErrorEquals in statemachines/ matches. Message is a sentence for
// the person who asked; Err is the cause, for the log alone.
type Error struct {
	Kind    Kind
	Name    string
	Message string
	Fields  []FieldError
	Err     error
}

// Error gives the public sentence, with the fields' pointers.
func (e *Error) Error() string {
	s := e.Message
	for _, f := range e.Fields {
		s += fmt.Sprintf("; %s: %s", f.Pointer, f.Detail)
	}
	return s
}

// Unwrap gives the private cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf builds an Error of a kind under a name the machines may match.
func Errorf(kind Kind, name, format string, args ...any) *Error {
	return &Error{Kind: kind, Name: name, Message: fmt.Sprintf(format, args...)}
}

// KindOf is the kind of the first *Error in the chain, Internal without one.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Names of errors that state machines may catch or retry. A test holds that
// every ErrorEquals in statemachines/ is one of them or an AWS name.
const (
	NameConflict      = "Conflict"      // lost a compare-and-swap more often than allowed; retry
	NameUnavailable   = "Unavailable"   // store, mail or disk did not answer; retry
	NameMailTemporary = "MailTemporary" // the addressee's server said later; retry
	NameStaleInput    = "StaleInput"    // the input's version or generation is no longer served; stop
	NameInvalidInput  = "InvalidInput"  // the input cannot be what it says it is; a person looks
	NameNotFound      = "NotFound"
	NameForbidden     = "Forbidden"
	NameInternal      = "Internal"
)

// ErrorNames lists every name above: the contract that statemachines/ rests on.
func ErrorNames() []string {
	return []string{
		NameConflict, NameUnavailable, NameMailTemporary, NameStaleInput,
		NameInvalidInput, NameNotFound, NameForbidden, NameInternal,
	}
}

// NameOf is the name under which an error reaches a state machine, the same in
// both hosts (design §4): the first *Error's name, by errors.As, never the Go
// type of the outermost error.
func NameOf(err error) string {
	var e *Error
	if !errors.As(err, &e) {
		return NameInternal
	}
	if e.Name != "" {
		return e.Name
	}
	switch e.Kind {
	case Conflict:
		return NameConflict
	case Unavailable, RateLimited:
		return NameUnavailable
	case NotFound:
		return NameNotFound
	case Forbidden, Unauthorized:
		return NameForbidden
	case Malformed, Invalid, TooLarge:
		return NameInvalidInput
	}
	return NameInternal
}
