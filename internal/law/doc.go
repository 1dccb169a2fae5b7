// Package law holds the law the program assumes, as dated data, and the rules
// that read it: offences, clocks, ladders, routes, services, outcomes. Nothing
// in it is a claim from memory: every record has a source and the flag of the
// reference it comes from ([V: …] read in text, [V-sec: …] read second hand,
// [own] not verified, [infer] concluded). Changing the data needs no code.
//
// Records with an id are versions: each is valid from one day to another (both
// included, Europe/Amsterdam), without gap or overlap; the last may be open.
package law
