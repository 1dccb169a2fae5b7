package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/ontdox/takedown/internal/takedown"
)

// demoMark is the file by which an earlier demo's directory is known.
const demoMark = "summary.json"

// demoParts are what a demo puts into its directory.
var demoParts = []string{"data", "mail", "documents", "history.jsonl", demoMark, "demo.key"}

// clearDemo makes room: what an earlier demo left is removed, also one that was
// broken off; any other directory that is not empty is refused and kept.
func clearDemo(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) || (err == nil && len(entries) == 0) {
		return nil
	}
	if err != nil {
		return err
	}
	foreign := func(e os.DirEntry) bool { return !slices.Contains(demoParts, e.Name()) }
	if slices.ContainsFunc(entries, foreign) || !isDemo(dir) {
		return takedown.Errorf(takedown.Conflict, "State", "%s is not empty and not of an earlier demo: give another --out", dir)
	}
	for _, part := range demoParts { // the mark last: a clearing that is broken off can be repeated
		if part == demoMark {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, part)); err != nil {
			return err
		}
	}
	return os.Remove(filepath.Join(dir, demoMark))
}

// isDemo says whether the directory's summary is one of a demo.
func isDemo(dir string) bool {
	b, err := os.ReadFile(filepath.Join(dir, demoMark))
	if err != nil {
		return false
	}
	var fields map[string]json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(b))
	if dec.Decode(&fields) != nil || fields["case"] == nil || fields["verified"] == nil {
		return false
	}
	dec = json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	return dec.Decode(&demoSummaryFile{}) == nil
}

// beginDemo marks a directory as a demo's before anything else is in it.
func beginDemo(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return writeSummary(dir, demoSummaryFile{Tracks: []demoTrack{}, Clocks: []demoClock{}})
}

func writeSummary(dir string, sum demoSummaryFile) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(sum); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, demoMark), b.Bytes(), 0o600)
}
