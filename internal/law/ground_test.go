package law

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// What a notice may rest on without an offence: only what was read may be
// named, and none of it is an offence.
//
// Requirement: S0-9b
func TestGroundsWithoutAnOffence(t *testing.T) {
	d, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	on := time.Date(2027, 3, 21, 12, 0, 0, 0, time.UTC)
	for id, want := range map[string]struct {
		kind     string
		verified bool
		needs    []string
	}{
		"avg17-1-d": {GroundLaw, true, []string{NeedReasons, NeedWeighing}},
		"own_terms": {GroundTerms, true, []string{NeedTerms}},
		"bw6-162":   {GroundLaw, false, []string{NeedReasons, NeedWeighing}},
	} {
		g, err := d.LegalGround(id, on)
		if err != nil {
			t.Fatal(err)
		}
		if g.Kind != want.kind || g.Verified() != want.verified || !slices.Equal(g.Needs, want.needs) {
			t.Errorf("%s is %s, verified %v, needs %v", id, g.Kind, g.Verified(), g.Needs)
		}
		if _, err := d.Offence(id, on); err == nil {
			t.Errorf("%s is an offence", id)
		}
		if open, _ := d.Eligible(id, on); open {
			t.Errorf("%s opens an order", id)
		}
		for language, says := range map[string][2]string{"nl": {g.Provision.NL, g.Rule.NL}, "en": {g.Provision.EN, g.Rule.EN}} {
			if left := d.Unverified(strings.Join(says[:], ". "), on, on); g.Kind == GroundLaw && want.verified != (len(left) == 0) {
				t.Errorf("%s, %s: unverified %q", id, language, left)
			}
		}
	}
	if _, err := d.LegalGround("285d", on); err == nil {
		t.Error("an offence is a ground without one")
	}
	if n := len(d.LegalGrounds(on)); n != 3 {
		t.Errorf("%d grounds", n)
	}
}

// Each fault of the file is named with its record.
func TestSpoiltGroundsAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"no such article":      {`"article": "avg17-1"`, `"article": "avg99"`, `grounds.json: avg17-1-d: names article "avg99"`},
		"a kind nobody knows":  {`"kind": "terms"`, `"kind": "custom"`, `grounds.json: own_terms: kind "custom"`},
		"a rule of our own":    {`"kind": "law", "article": "avg17-1"`, `"kind": "terms", "article": "avg17-1"`, "grounds.json: avg17-1-d: a ground of kind law, and no other"},
		"an offence's id":      {`"id": "bw6-162"`, `"id": "285d"`, "grounds.json: 285d: has the id of an offence"},
		"a need of nobody's":   {`"needs": ["terms"]`, `"needs": ["luck"]`, `grounds.json: own_terms: needs "luck"`},
		"no value of theirs":   {`"decisionGround": "terms"`, `"decisionGround": "privacy"`, `grounds.json: own_terms: names decision_ground "privacy"`},
		"read later":           {`"flag": "[V: DSA 14]"`, `"flag": "[V: SR26]"`, "grounds.json: own_terms: is flagged [V: SR26] from 2024-02-17 on"},
		"an unflagged element": {`"en": "personal data"}, "flag": "[infer]"}`, `"en": "personal data"}}`, "grounds.json: avg17-1-d/E1: flag"},
		"elements in no row":   {`"id": "E2"`, `"id": "E4"`, "grounds.json: avg17-1-d: element 2"},
	} {
		data := copyData(t)
		raw := string(data["grounds.json"].Data)
		if !strings.Contains(raw, c.old) {
			t.Fatalf("%s: the file has no %s", name, c.old)
		}
		data["grounds.json"].Data = []byte(strings.Replace(raw, c.old, c.new, 1))
		if _, err := Read(data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
