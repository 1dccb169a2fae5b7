package asl

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ValidName holds the name of an execution or of a state machine against what
// AWS takes: 1 to 80 characters, none of them white space, a control, a bracket,
// a wildcard or one of " # % \ ^ | ~ ` $ & , ; : / (API reference of
// StartExecution and CreateStateMachine).
func ValidName(name string) bool {
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > 80 || strings.ContainsAny(name, "<>{}[]?*\"#%\\^|~`$&,;:/") {
		return false
	}
	return strings.IndexFunc(name, func(r rune) bool {
		return r <= ' ' || r >= 0x7f && r <= 0x9f || r == 0xfffe || r == 0xffff || unicode.IsSpace(r)
	}) < 0
}
