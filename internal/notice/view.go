package notice

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// view is what a template sees: the facts without what is sealed, unverified
// or not for this addressee, and the phrases for their codes.
type view struct {
	Facts      Facts
	Instrument string
	Items      []itemView
	Signed     bool // annex A names who signs for the organisation
	set        *set
	n          int
	note       func(Finding)
	rendered   string // annex 1, once it was needed
}

// sealedView is what the sealed annexes see, and nothing else does.
type sealedView struct {
	*view
	Sealed *SealedAnnex
}

// itemView is one item with its phrases.
type itemView struct {
	Item
	v *view
}

func newView(instrument string, f Facts, s *set, findings *[]Finding) *view {
	signed := f.Sealed != nil && f.Sealed.Signer != ""
	f.Sealed = nil
	if f.Role = cmp.Or(f.Role, "organisation"); f.Role != "mandate" && outside(f.Persons) {
		f.Role = "notifier"
	}
	v := &view{Facts: f, Instrument: instrument, Signed: signed, set: s, note: func(n Finding) {
		if !slices.Contains(*findings, n) {
			*findings = append(*findings, n)
		}
	}}
	v.Facts.Grounds, v.Facts.Unlawful = v.verified(f.Grounds), v.verifiedUnlawful(f.Unlawful)
	v.Facts.Evidence = v.inWords(f.Evidence)
	if v.Facts.Provider == nil {
		v.Facts.Provider = &Addressee{}
	}
	if !police(instrument) {
		v.Facts.Earlier = slices.DeleteFunc(slices.Clone(f.Earlier), func(e Earlier) bool { return e.Police })
	}
	for _, i := range slices.SortedFunc(slices.Values(f.Items), func(a, b Item) int { return a.No - b.No }) {
		v.Items = append(v.Items, itemView{i, v})
	}
	for _, p := range f.Persons {
		if p.Function != "" && p.FunctionIdentifies {
			v.note(finding("function_left_out", "persons", false, "the function is left out: with the sender it names the person"))
		}
	}
	return v
}

// verified drops grounds that the law data do not hold verified at the date of
// the act: an unverified claim never appears as fact.
func (v *view) verified(in []Ground) []Ground {
	var out []Ground
	for n, g := range in {
		if !g.Verified {
			v.note(findingf("unverified", fmt.Sprintf("grounds/%d", n), false, "the law data hold offence %s unverified: it is left out", g.Offence))
			continue
		}
		out = append(out, g)
	}
	return out
}

// Next numbers the requests in the order in which they are printed.
func (v *view) Next() int { v.n++; return v.n }

func (v *view) restart() { v.n = 0 }

// phrase is the wording of a code. A code that the list does not have is left
// out and noted: free text never slips in through it.
func (v *view) phrase(list, code string) string {
	p, ok := v.set.phrases[list][code]
	for _, kind := range whose(v.Facts.Persons) {
		if other := v.set.phrases[list+kind][code]; other != "" {
			p = other
			break
		}
	}
	if !ok && code != "" {
		v.note(findingf("unknown_code", list, needsWords[list], "there are no words for the code %q in the list %s: it is left out", code, list))
	}
	return p
}

// needsWords are the lists without whose words a required sentence is empty.
var needsWords = map[string]bool{
	"locationType": true, "role": true, "affected": true, "category": true, "kind": true, "poster": true, "decision": true, "together": true, "waiting": true,
	"contra": true, "indicator": true, "effect": true,
	"reportKind": true, "service": true, "klacht": true, "measureAtWork": true, "underNumber": true, "attempt": true,
	"measure": true, "threatLevel": true, "breachReason": true, "haste": true, "volatile": true, "engaged": true, "disputeOutcome": true, "standing": true, "use": true, "located": true,
	"large": true, "breach": true, "proceeding": true, "copy": true, "erasureGround": true, "objection": true, "weighing": true, "posterIdentity": true, "service9": true,
	"demand": true, "action": true, "mandate": true, "informed": true, "receiptProof": true, "controllerAnswer": true, "discussed": true, "refusal": true, "gdprBreach": true, "lesson": true, "ending": true, "unlawful": true,
}

// DSA reports whether a text rests on arts 16-18: the law data bind the addressee
// to them, and it is told of something illegal.
func (v *view) DSA() bool { return hostingService(v.Facts.Addressee) && !v.TermsAlone() }

// OnlinePlatform reports whether arts 20-23 bind the addressee too (art. 19).
func (v *view) OnlinePlatform() bool { return onlinePlatform(v.Facts.Addressee) }

// PublicTask reports whether who works for the sender has a public task: by its
// kind, or because the report asks for the marking of such cases (VPT).
func (v *view) PublicTask() bool { return v.Facts.Organisation.PublicTask || vpt(v.Facts) }

// PublicBody reports whether the sender could be taken for an authority.
func (v *view) PublicBody() bool { return v.Facts.Organisation.PublicBody }

// Role says in which role we write.
func (v *view) Role() string { return v.phrase("role", v.Facts.Role) }

// Platform is the name people know the addressee by.
func (v *view) Platform() string {
	if n := v.Facts.Addressee.DisplayName; n != "" {
		return n
	}
	return v.Facts.Addressee.LegalName
}

// Inline reports whether annex 1 stands in the letter.
func (v *view) Inline() bool { return len(v.Items) <= inlineItems }

// Locations is annex 1 as a file of its own: its name and SHA-256, for the list
// of attachments.
func (v *view) Locations() (string, error) {
	text, err := v.annex1()
	sum := sha256.Sum256([]byte(text))
	return fileName(v.Facts.Reference) + "-1.txt, SHA-256 " + hex.EncodeToString(sum[:]), err
}

// annex1 is rendered once: of a thousand items it is the most of the work.
func (v *view) annex1() (string, error) {
	if v.rendered != "" {
		return v.rendered, nil
	}
	apart := *v
	var err error
	v.rendered, err = v.set.render(v.Instrument, "locations", &apart)
	return v.rendered, err
}

// Hosts are the host names of the items, once each.
func (v *view) Hosts() string {
	var out []string
	for _, i := range v.Items {
		h := ""
		if u, err := url.Parse(i.URL); err == nil {
			h = u.Hostname()
		}
		if i.Masked {
			h = v.phrase("masked", "host")
		}
		if h != "" && !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return v.set.list(out)
}

// Affected says whose data they are, by relation, and by function only where
// that names nobody.
func (v *view) Affected() string {
	var out []string
	for _, p := range v.Facts.Persons {
		text := v.phrase("affected", p.Relation)
		if f := v.function(shown(p)); f != "" {
			text += " (" + f + ")"
		}
		if text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return v.set.list(out)
}

// outside reports that nobody affected works for us or belongs to who does: a
// letter that spoke of an employee would say who was meant.
func outside(persons []Person) bool {
	return len(persons) > 0 && !slices.ContainsFunc(persons, func(p Person) bool { return p.Relation != "third_party" })
}

// whose are the lists that fit the affected persons, best first: where one does
// not work for us, a list speaks of the person concerned ("effectOther"); where
// none does and one is family of who does, of a relative's work ("roleFamily").
func whose(persons []Person) []string {
	with := func(relation string) bool {
		return slices.ContainsFunc(persons, func(p Person) bool { return p.Relation == relation })
	}
	switch {
	case !with("family") && !with("third_party"):
		return nil
	case with("family") && !with("employee"):
		return []string{"Family", "Other"}
	}
	return []string{"Other"}
}

// AffectedShort is Affected for a short form field and for who must not learn
// more: how many persons there are of each relation, and no function.
func (v *view) AffectedShort() string {
	list := "affectedPlain"
	if v.PublicTask() {
		list = "affectedShort"
	}
	count := map[string]int{}
	var relations, out []string
	for _, p := range v.Facts.Persons {
		if count[p.Relation]++; count[p.Relation] == 1 {
			relations = append(relations, p.Relation)
		}
	}
	for _, r := range relations {
		text := v.phrase(list, r)
		if count[r] > 1 {
			text = strings.Replace(v.phrase(list+"Many", r), "%d", itoa(count[r]), 1)
		}
		if text != "" {
			out = append(out, text)
		}
	}
	return v.set.list(out)
}

func shown(p Person) string {
	if p.FunctionIdentifies {
		return ""
	}
	return p.Function
}

// AllCategories names the kinds of data of all items.
func (v *view) AllCategories() string {
	var out []string
	for _, i := range v.Items {
		for _, c := range i.DataCategories {
			if p := v.phrase("category", c); p != "" && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return v.set.list(out)
}

// Places names item, kinds of data and place for a form's long field.
func (v *view) Places() string {
	return strings.Join(v.each(func(i Item) string {
		w := itemView{i, v}
		text := v.say("place", i.No, w.KindPhrase(), w.Categories())
		if at := w.Where(); at != "" {
			text += v.say("placeAt", at)
		}
		return text
	}), "; ")
}

func (v *view) each(f func(Item) string) []string {
	var out []string
	for _, i := range v.Items {
		if s := f(i.Item); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Categories names the kinds of data of an item, never the values.
func (i itemView) Categories() string {
	var out []string
	for _, c := range i.DataCategories {
		if p := i.v.phrase("category", c); p != "" {
			out = append(out, p)
		}
	}
	return i.v.set.list(out)
}

// KindPhrase says whether the item is an original or a repost.
func (i itemView) KindPhrase() string { return i.v.phrase("kind", i.Kind) }

// TypePhrase says what kind of content it is.
func (i itemView) TypePhrase() string { return i.v.phrase("contentType", i.ContentType) }

// PlacePhrase says where an item is that is no page: "een gesloten groep
// (berichtendienst)".
func (i itemView) PlacePhrase() string {
	if i.Place.Type == "" || i.Place.Type == "url" {
		return ""
	}
	p := i.v.phrase("locationType", i.Place.Type)
	if i.Place.Service != "" {
		p += " (" + i.Place.Service + ")"
	}
	return p
}

// Seen is how somebody came to see what is no page: for the police alone.
func (i itemView) Seen() string {
	if !police(i.v.Instrument) {
		return ""
	}
	return i.Place.Access
}

// HaveURLs reports whether annex 1 gives an exact URL of each item.
func (v *view) HaveURLs() bool {
	return !slices.ContainsFunc(v.Items, func(i itemView) bool { return i.URL == "" })
}

// AudiencePhrase says who can see it.
func (i itemView) AudiencePhrase() string {
	if i.Audience == "" {
		return i.v.phrase("audience", "unknown")
	}
	return i.v.phrase("audience", i.Audience)
}

// Account names the item's account, or says where it stands.
func (i itemView) Account() string {
	if i.HandleMasked {
		return i.v.phrase("masked", "account")
	}
	return cmp.Or(i.Handle, i.AccountID)
}

// KnowsAccounts reports whether annex 1 names an account.
func (v *view) KnowsAccounts() bool {
	return slices.ContainsFunc(v.Items, func(i itemView) bool {
		return i.HandleMasked || i.Handle != "" || i.AccountID != "" || i.ProfileURL != ""
	})
}

// Where says where in the content the data stand.
func (i itemView) Where() string { return i.v.locator(i.Locator) }

// LocusPhrase says where in the content something stands.
func (v *view) LocusPhrase(l Locus) string { return v.locator(l.Locator) }

func (v *view) locator(code string) string {
	kind, arg, _ := strings.Cut(code, ":")
	p := v.phrase("locator", kind)
	n := strings.Count(p, "%s")
	args := strings.SplitN(arg, ":", max(n, 1))
	if n == 0 {
		return p
	}
	if len(args) != n || slices.ContainsFunc(args, func(a string) bool { return !isDigits(a) }) {
		return ""
	}
	for _, a := range args {
		p = strings.Replace(p, "%s", a, 1)
	}
	return p
}

// latest is the later of two instants.
func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
