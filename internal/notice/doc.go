// Package notice turns the facts of a track into the text of a legal
// instrument, and holds what may never stand in one.
//
// Compose drafts (T1 to T14, in Dutch and English), HTML and PDF render, Guard compares every outgoing text
// with the sealed data (design §9), Lint refuses sentences that no instrument
// may contain. The package reads no store and knows no case: casework fills in
// Facts, so that everything an instrument can say is visible in one struct.
// The texts stand in templates/, the fields that an instrument needs in
// required.go, after domain.md §8.
package notice
