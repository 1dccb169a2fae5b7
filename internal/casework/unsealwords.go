package casework

import (
	"encoding/json"
	"strings"

	"github.com/ontdox/takedown/internal/takedown"
)

// UnsealedWords is one sealed text of a case's records, opened with the case.
type UnsealedWords struct {
	ID    string `json:"id"`
	Field string `json:"field" doc:"Which field of the record; for an override also its ground."`
	Text  string `json:"text"`
}

// sealedField is one field that may hold sealed words.
type sealedField struct {
	n     noun
	field string
	value takedown.Sealed
}

// unsealWords opens what people wrote down of a case: why, for and against,
// what to do at once, where evidence comes from.
func (t *tx) unsealWords() ([]UnsealedWords, error) {
	fields, err := t.sealedFields()
	if err != nil {
		return nil, err
	}
	out := []UnsealedWords{}
	for _, f := range fields {
		if f.value.Empty() {
			continue
		}
		var v json.RawMessage
		if err := t.open(f.n, f.field, f.value, &v); err != nil {
			return nil, err
		}
		words, err := wordsOf(v)
		if err != nil {
			return nil, err
		}
		for _, w := range words {
			out = append(out, UnsealedWords{f.n.Head().ID, strings.TrimSuffix(f.field+"."+w.name, "."), w.text})
		}
	}
	return out, nil
}

type word struct{ name, text string }

// wordsOf reads what was sealed: a text, or several by name.
func wordsOf(v json.RawMessage) ([]word, error) {
	var text string
	if json.Unmarshal(v, &text) == nil {
		return []word{{"", text}}, nil
	}
	var parts map[string]string
	if err := json.Unmarshal(v, &parts); err != nil {
		return nil, err
	}
	var out []word
	for _, name := range []string{"ground", "reason", "pros", "cons", "url", "provenance"} {
		if parts[name] != "" {
			out = append(out, word{name, parts[name]})
		}
	}
	return out, nil
}

func (t *tx) sealedFields() ([]sealedField, error) {
	var out []sealedField
	for _, add := range []func(*[]sealedField) error{
		func(out *[]sealedField) error {
			return addSealed(t, out, "atOnce", func(v *takedown.Triage) takedown.Sealed { return v.AtOnce })
		},
		func(out *[]sealedField) error {
			return addSealed(t, out, "override", func(v *takedown.Consent) takedown.Sealed { return v.Override })
		},
		func(out *[]sealedField) error {
			return addSealed(t, out, "reason", func(v *takedown.Alignment) takedown.Sealed { return v.Reason })
		},
		func(out *[]sealedField) error {
			told := t.who.Has(toldFeedback...)
			return addSealed(t, out, "reason", func(v *takedown.Feedback) takedown.Sealed {
				if !told && v.RestrictedUntil.After(t.now) {
					return takedown.Sealed{}
				}
				return v.Reason
			})
		},
		func(out *[]sealedField) error {
			return addSealed(t, out, "notWanted", func(v *takedown.PoliceReport) takedown.Sealed { return v.NotWanted })
		},
		func(out *[]sealedField) error {
			return addSealed(t, out, "domicileAddress", func(v *takedown.PoliceReport) takedown.Sealed { return v.DomicileAddress })
		},
		func(out *[]sealedField) error {
			return addSealed(t, out, "words", func(v *takedown.Decision) takedown.Sealed { return v.Words })
		},
		func(out *[]sealedField) error {
			return addSealed(t, out, "words", func(v *takedown.Task) takedown.Sealed { return v.Words })
		},
		func(out *[]sealedField) error {
			return addSealed(t, out, "location", func(v *takedown.Evidence) takedown.Sealed { return v.Location })
		},
	} {
		if err := add(&out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func addSealed[T any, P nounOf[T]](t *tx, out *[]sealedField, field string, of func(P) takedown.Sealed) error {
	list, err := all[T, P](t)
	for _, v := range list {
		*out = append(*out, sealedField{v, field, of(v)})
	}
	return err
}
