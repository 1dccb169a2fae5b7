// Package asl interprets the Amazon States Language in its JSONPath dialect.
//
// Load turns a definition into a *Definition or refuses it with the JSON path
// of the field: what the interpreter does not support is never ignored. An
// *Execution is one run: a value that serialises to JSON and back. Start,
// Resolve, Submit, Beat, Fire and Abort move it as far as it goes without the
// outside world and answer with Effects: the calls that the host has to make.
// There is no I/O and no clock here; now, randomness and tokens come with an
// Env. Hosts: localengine.
package asl
