// Package takedown holds the nouns of the trade (docs/architecture.md): cases,
// items, tracks, documents, clocks and the people who act on them, with their
// statuses and the errors they give. It imports nothing of ours.
package takedown
