package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestProgressStaysBelowTheText: on a terminal a line takes the bar's place and
// the bar comes back below it; a pipe and a file get none.
func TestProgressStaysBelowTheText(t *testing.T) {
	var screen bytes.Buffer
	p := &progress{w: &screen}
	out := p.over(&screen)
	p.at(1, 3)
	if _, err := out.Write([]byte("a line\n")); err != nil {
		t.Fatal(err)
	}
	p.end()
	if _, err := out.Write([]byte("the end\n")); err != nil {
		t.Fatal(err)
	}
	const gone, bar = "\r\x1b[K", "[#..] 1 of 3"
	want := strings.Join([]string{gone, bar, gone, "a line\n", gone, bar, gone, gone, "the end\n"}, "")
	if screen.String() != want {
		t.Errorf("on the screen:\n%q\nwant\n%q", screen.String(), want)
	}

	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if newProgress(f) != nil || newProgress(&bytes.Buffer{}) != nil {
		t.Error("a file and a pipe are no terminals")
	}
	var none *progress
	none.at(1, 2)
	none.end()
	if none.over(&screen) != &screen {
		t.Error("without a bar the text goes as it is")
	}
}
