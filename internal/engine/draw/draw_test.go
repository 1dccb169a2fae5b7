package draw_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/engine/draw"
	"github.com/ontdox/takedown/statemachines"
)

var update = flag.Bool("update", false, "write docs/case.svg and docs/track.svg")

// TestPicturesAreFresh: the pictures of the documents are those of the machines
// that run.
func TestPicturesAreFresh(t *testing.T) {
	for name, definition := range map[string][]byte{"case": statemachines.Case, "track": statemachines.Track} {
		got, err := draw.SVG(name, definition, nil)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("..", "..", "..", "docs", name+".svg")
		if *update {
			if err := os.WriteFile(path, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not fresh: go test ./internal/engine/draw -update (%v)", path, err)
		}
		readable(t, got)
	}
}

// readable fails the test unless the picture is XML.
func readable(t *testing.T, svg []byte) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(svg))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// TestPathIsMarked: where an execution stands and how it came there.
func TestPathIsMarked(t *testing.T) {
	svg, err := draw.SVG("track", statemachines.Track, &draw.Path{Execution: "track-a-1", States: []string{"PlanStep", "Choose", "DraftDocument", "PlanStep", "Choose", "AwaitApproval"}})
	if err != nil {
		t.Fatal(err)
	}
	readable(t, svg)
	for what, want := range map[string]int{
		`class="w v now"`:                    1, // AwaitApproval
		`class="b v"`:                        2, // PlanStep, DraftDocument
		`marker-end="url(#at)"`:              4, // to Choose, to DraftDocument, back, to AwaitApproval
		"It stands at AwaitApproval.":        1,
		"track-a-1":                          1,
		"States.Timeout, StaleInput: Again<": 7, // waits
	} {
		if got := strings.Count(string(svg), what); got != want {
			t.Errorf("%s: %d times, want %d", what, got, want)
		}
	}
}

// TestNamesAreHarmless: what a definition calls a state is text in the picture.
func TestNamesAreHarmless(t *testing.T) {
	svg, err := draw.SVG("x", []byte(`{"StartAt":"<script>&","States":{"<script>&":{"Type":"Pass","Next":"Nowhere"}}}`), nil)
	if err != nil || bytes.Contains(svg, []byte("<script>")) {
		t.Errorf("%v: %s", err, svg)
	}
	readable(t, svg)
	for _, bad := range []string{``, `{}`, `{"StartAt":"A","States":[]}`, `{"StartAt":"A","States":{"B":{"Type":"Pass"}}}`} {
		if _, err := draw.SVG("x", []byte(bad), nil); err == nil {
			t.Errorf("%q was drawn", bad)
		}
	}
}
