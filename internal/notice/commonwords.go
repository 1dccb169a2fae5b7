package notice

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed commonwords.txt
var commonList string

// commonWords are ordinary words that somebody may be called: a letter says "een
// klein aantal" and means nobody called Klein.
var commonWords = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(commonList) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Fields(line) {
			out[canonical(w).squeezed] = true
		}
	}
	return out
})

// ordinary says that a word is one of our letters or of the language.
func ordinary(w string) bool { return ownWords()[w] || commonWords()[w] }
