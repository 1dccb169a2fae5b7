package directory

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
)

//go:embed publicmail.json
var publicMailFile []byte

// publicMail is the data file: whose mail domains are anybody's.
type publicMail struct {
	AsOf    string   `json:"asOf"` // when the list was put together
	Source  string   `json:"source"`
	Domains []string `json:"domains"` // in lower case and ASCII, sorted
}

func readPublicMail() (publicMail, error) {
	var f publicMail
	if err := json.Unmarshal(publicMailFile, &f); err != nil {
		return f, fmt.Errorf("publicmail.json: %w", err)
	}
	_, err := time.Parse(time.DateOnly, f.AsOf)
	return f, err
}

var publicDomains = sync.OnceValue(func() map[string]bool {
	f, err := readPublicMail()
	if err != nil {
		panic(err) // the file is embedded: a test reads it
	}
	known := map[string]bool{}
	for _, d := range f.Domains {
		known[d] = true
	}
	return known
})

// PublicMail says whether a mail domain, or one above it, is a provider's at
// which anybody may have a mailbox: that a mail comes from there says nothing
// of whose it is. The domains are data with a date and a source (publicmail.json).
func PublicMail(domain string) bool {
	for d := strings.ToLower(strings.TrimSuffix(domain, ".")); d != ""; _, d, _ = strings.Cut(d, ".") {
		if publicDomains()[d] {
			return true
		}
	}
	return false
}
