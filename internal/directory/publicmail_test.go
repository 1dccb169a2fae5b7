package directory

import (
	"slices"
	"strings"
	"testing"
)

func TestPublicMailDomainsAreKnown(t *testing.T) {
	for domain, want := range map[string]bool{
		"gmail.com": true, "GMAIL.com": true, "outlook.com": true, "hotmail.com": true, "ziggo.nl": true, "kpnmail.nl": true, "proton.me": true,
		"jan.xs4all.nl": true, "host.example": false, "notgmail.com": false, "com": false, "": false, "gmail.com.host.example": false,
	} {
		if got := PublicMail(domain); got != want {
			t.Errorf("%q: %t", domain, got)
		}
	}
}

func TestThePublicMailFileIsWhole(t *testing.T) {
	f, err := readPublicMail()
	if err != nil || f.Source == "" {
		t.Fatal(f.Source, err)
	}
	for _, d := range f.Domains {
		if h, err := Host(d); err != nil || h != d || !strings.Contains(d, ".") {
			t.Errorf("%q is no domain in its canonical form: %v", d, err)
		}
	}
	if !slices.IsSorted(f.Domains) || len(slices.Compact(slices.Clone(f.Domains))) != len(f.Domains) {
		t.Error("the domains are not sorted, or one stands twice")
	}
}
