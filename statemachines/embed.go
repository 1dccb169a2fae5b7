// Package statemachines holds the two Amazon States Language definitions of
// design §4, the same files in the cloud and on one machine. The functions'
// names are left open as ${PlanStep} and so on: SAM's DefinitionSubstitutions
// or boot/local fill them in.
package statemachines

import _ "embed"

// Case is the intake of a case: triage, gates, one track per addressee.
//
//go:embed case.asl.json
var Case []byte

// Track is the hub in which one track climbs its ladder.
//
//go:embed track.asl.json
var Track []byte
