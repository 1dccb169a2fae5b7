package audit

import (
	"regexp"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/ontdox/takedown/internal/takedown"
)

// Report is what a verification found to hold.
type Report struct {
	Entries     int
	Streams     int
	Pending     int       // entries that are no leaf yet: their chain holds
	Head        tlog.Tree // the log that was recomputed, or that an export rests on
	Fingerprint string    // of the log key
	KeyCompared bool      // false: the key was not compared with one the reader knows
	HeadBehind  bool      // heads.log lacks the newest head: the next run appends it
	Restores    []Head    // declared restores, oldest first
}

// Options of a verification.
type Options struct {
	Key  string // verifier key to compare with; "" compares nothing
	Head []byte // a signed head kept elsewhere (the note, a line of heads.log or the API's answer); nil for none
}

// NameVerificationFailed is the error's name when a history does not verify.
const NameVerificationFailed = "VerificationFailed"

// failure is the first thing that is wrong, and where: a line of the export, a
// leaf of the log, a line of a stream or of heads.log; the reason says which of
// them.
func failure(line int64, entry, reason string) error {
	if entry == "" {
		entry = "none"
	}
	return takedown.Errorf(takedown.Invalid, NameVerificationFailed, "line %d, entry %s: %s", line, entry, reason)
}

var idPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`"id":"(entry_[A-Za-z0-9_-]{1,80})"`) })

// idIn finds the id in a line that cannot be read.
func idIn(line []byte) string {
	if m := idPattern().FindSubmatch(line); m != nil {
		return string(m[1])
	}
	return ""
}

// compareKey opens the key that an export or installation names, if it is the
// one that the reader knows.
func compareKey(key string, opt Options, rep *Report) (note.Verifier, error) {
	rep.Fingerprint = Fingerprint(key)
	if opt.Key != "" {
		if strings.TrimSpace(opt.Key) != key {
			return nil, invalid("the log key is another one than the key given")
		}
		rep.KeyCompared = true
	}
	return ParseVerifier(key)
}
