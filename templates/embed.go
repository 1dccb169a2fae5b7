// Package templates holds the texts of the instruments, embedded: one folder
// per language, one file per instrument, and one for the digest. Each begins with a header that names
// the template, its version, how far a lawyer reviewed it, and its sources.
package templates

import "embed"

// FS holds LANGUAGE/INSTRUMENT.tmpl, LANGUAGE/blocks.tmpl (shared passages) and
// LANGUAGE/phrases.json (code lists).
//
//go:embed nl en
var FS embed.FS
