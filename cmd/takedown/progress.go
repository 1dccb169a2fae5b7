package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
)

// progress is a bar at the foot of a terminal; nil shows nothing.
type progress struct {
	w         io.Writer
	done, all int
}

// newProgress shows progress on w if it is a terminal; in a pipe or a file
// nothing of it.
func newProgress(w io.Writer) *progress {
	if !onTerminal(w) {
		return nil
	}
	return &progress{w: w}
}

// at says how far the work is and shows it; all done ends the bar.
func (p *progress) at(done, all int) {
	if p == nil {
		return
	}
	p.done, p.all = done, all
	p.show()
}

func (p *progress) show() {
	if p.done < p.all {
		_, _ = fmt.Fprintf(p.w, "\r\x1b[K[%s%s] %d of %d", strings.Repeat("#", p.done), strings.Repeat(".", p.all-p.done), p.done, p.all) // only a picture
	}
}

func (p *progress) hide() { _, _ = io.WriteString(p.w, "\r\x1b[K") } // only a picture

// end takes the bar away, whatever came of the work.
func (p *progress) end() {
	if p != nil {
		p.hide()
		p.all = 0
	}
}

// over writes to w so that the bar stays below what is written.
func (p *progress) over(w io.Writer) io.Writer {
	if p == nil {
		return w
	}
	return barred{w, p}
}

type barred struct {
	w   io.Writer
	bar *progress
}

func (b barred) Write(text []byte) (int, error) {
	b.bar.hide()
	n, err := b.w.Write(text)
	b.bar.show()
	return n, err
}

// onTerminal says whether somebody reads along.
func onTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
