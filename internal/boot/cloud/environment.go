package cloud

import (
	"os"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// Environment is what a function reads at its start, once. What is wrong with
// it is collected, so that one line names all of it.
type Environment struct {
	get      func(string) string
	problems []string
}

// NewEnvironment reads by get, as os.Getenv does.
func NewEnvironment(get func(string) string) *Environment { return &Environment{get: get} }

func osEnvironment() *Environment { return NewEnvironment(os.Getenv) }

// Needed reads a variable that must be set.
func (e *Environment) Needed(name string) string {
	value := e.get(name)
	if value == "" {
		e.problems = append(e.problems, name+" is not set")
	}
	return value
}

// Optional reads a variable that may be missing.
func (e *Environment) Optional(name string) string { return e.get(name) }

// Wrong notes what is wrong with a variable; its value is not repeated.
func (e *Environment) Wrong(name, why string) { e.problems = append(e.problems, name+" "+why) }

// Instant reads an RFC 3339 instant, or the zero time if it is not set.
func (e *Environment) Instant(name string) time.Time {
	value := e.get(name)
	if value == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, value)
	if err != nil {
		e.Wrong(name, "is no RFC 3339 instant")
	}
	return at
}

// Err names everything that is wrong in one line; nil if nothing is.
func (e *Environment) Err() error {
	if len(e.problems) == 0 {
		return nil
	}
	return takedown.Errorf(takedown.Internal, takedown.NameInternal, "%s", strings.Join(e.problems, "; "))
}
