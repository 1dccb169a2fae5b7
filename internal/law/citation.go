package law

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// How texts name a provision: "artikel 17, lid 3, onder b, DSA", "art. 285d,
// eerste lid, van het Wetboek van Strafrecht", "artikelen 266 en 267 Sr",
// "Article 16(2)(d) DSA", "6:162 BW".
const (
	ordinal   = `eerste|tweede|derde|vierde|vijfde|zesde|zevende|achtste|negende`
	paragraph = `,?\s+lid\s+\d+(?:-\d+)?|,?\s+leden\s+\d+(?:(?:-|\s+(?:en|of)\s+)\d+)?|,?\s+(?:` + ordinal + `)(?:\s+en\s+(?:` + ordinal + `))?\s+lid|,?\s+onder\s+(?:[a-z]|\d+°?)\b` +
		`|(?:-|\s+and\s+)?\((?:\d+|[a-z])\)|,?\s+paragraphs?\s+\d+`
	provision = `\d+(?::\d+)?[a-z]*(?:` + paragraph + `)*`
	further   = `(?:,?\s+(?:en|of|and|or)|,)\s+` + provision
	somebody  = `uw|ons|onze|your|our`
	shortActs = `Sr|Sv|DSA|UAVG|AVG|GDPR|BW|Awb|Wpbr`
	acts      = `Wetboek\s+van\s+Strafrecht|Wetboek\s+van\s+Strafvordering|Digitaledienstenverordening|Algemene\s+verordening\s+gegevensbescherming|Uitvoeringswet\s+AVG|` +
		`Burgerlijk\s+Wetboek|Grondwet|Digital\s+Services\s+Act|GDPR\s+Implementation\s+Act|General\s+Data\s+Protection\s+Regulation|Criminal\s+Code|Code\s+of\s+Criminal\s+Procedure|` +
		`Civil\s+Code|` + shortActs
	ofAct = `,?(?:\s+(?:van|of))?(?:\s+(?:het|de|the))?(?:\s+(?:Nederlandse?|Dutch))?\s+(` + somebody + `|` + acts + `)\b`
	one   = `(?:artikel|article|art\.)`
	many  = `(?:artikelen|articles|artt\.|arts\.)`
)

var (
	// citation reads several provisions, several of one act behind "artikel", or one.
	citation = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\b(?:` + many + `\s*(` + provision + `(?:` + further + `)*)(?:` + ofAct + `)?` +
			`|` + one + `\s*(` + provision + `(?:` + further + `)+)` + ofAct +
			`|` + one + `\s*(` + provision + `)(?:` + ofAct + `)?)`)
	})
	// bare is a provision with the short name of its act and nothing before it.
	bare = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(?:^|[\s(;,])(\d{1,3}(?::\d+)?[a-z]{0,3}(?:` + paragraph + `)*),?\s+(` + shortActs + `)\b`)
	})
	provisions = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(\d+(?::\d+)?[a-z]*)((?:` + paragraph + `)*)`)
	})
	paragraphs = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(?:lid|leden|paragraphs?)\s+(\d+)(?:(?:-|\s+(?:en|of)\s+)(\d+))?|(` + ordinal + `)|\((\d+)\)(?:-\((\d+)\))?`)
	})
	ordinals = strings.Split(ordinal, "|")
	// actIDs are the beginnings of article ids by the act's name, in lower case.
	// An act without an entry is one of which the data hold nothing.
	actIDs = map[string]string{
		"sr": "sr", "wetboek van strafrecht": "sr", "criminal code": "sr", "sv": "sv", "wetboek van strafvordering": "sv", "code of criminal procedure": "sv",
		"dsa": "dsa", "digitaledienstenverordening": "dsa", "digital services act": "dsa",
		"avg": "avg", "algemene verordening gegevensbescherming": "avg", "gdpr": "avg", "general data protection regulation": "avg",
		"uavg": "uavg", "uitvoeringswet avg": "uavg", "gdpr implementation act": "uavg",
		"bw": "bw", "burgerlijk wetboek": "bw", "civil code": "bw",
	}
)

// cited is one place where a text names provisions of one act.
type cited struct {
	at         int
	whole      string // as it stands
	list       string // its provisions
	act, named string // the act, in lower case and as it stands; empty if it is the one before
	ofSomebody bool   // somebody's own rules
}

// Unverified gives, as they stand there, the provisions that a text cites
// although the data do not hold them, verified, at the date they are used for:
// the Criminal Code by the date of the act, all else by that of the document.
// A citation without an act is of the act named before it; of several
// provisions only those are given that are not held. Each comes once, in
// the order of the text; none means that the text rests on what was read.
//
// clauses are clauses of somebody's own terms as they were recorded: what
// looks like a citation in one of them, and names no act, is none.
func (d *Data) Unverified(text string, act, document time.Time, clauses ...string) []string {
	var out []string
	last := ""
	ofTerms := spans(text, clauses)
	for _, c := range citations(text) {
		if c.ofSomebody || c.act == "" && slices.ContainsFunc(ofTerms, func(s []int) bool { return s[0] <= c.at && c.at < s[1] }) {
			continue
		}
		if c.act != "" {
			last = c.act
		}
		on := document
		if actIDs[last] == "sr" {
			on = act
		}
		all := provisions().FindAllStringSubmatch(c.list, -1)
		for _, p := range all {
			if d.holds(actIDs[last], strings.ToLower(p[1]), p[2], on) {
				continue
			}
			name := c.whole
			if len(all) > 1 {
				name = strings.TrimSpace(p[0] + " " + c.named)
			}
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// spans are the places where clauses stand as whole words in a text, however its
// lines are broken.
func spans(text string, clauses []string) [][]int {
	var out [][]int
	for _, clause := range clauses {
		words := strings.Fields(clause)
		if len(words) == 0 {
			continue
		}
		for n := range words {
			words[n] = regexp.QuoteMeta(words[n])
		}
		for _, at := range regexp.MustCompile(`(?i)`+strings.Join(words, `\s+`)).FindAllStringIndex(text, -1) {
			if next, _ := utf8.DecodeRuneInString(text[at[1]:]); !unicode.IsLetter(next) && !unicode.IsDigit(next) {
				out = append(out, at)
			}
		}
	}
	return out
}

// citations are the places, in order.
func citations(text string) []cited {
	var out []cited
	rest := []byte(text)
	for _, m := range citation().FindAllStringSubmatchIndex(text, -1) {
		c := cited{at: m[0], whole: strings.TrimRight(strings.TrimSpace(text[m[0]:m[1]]), ",")}
		for n := 2; n+3 < len(m); n += 4 {
			if m[n] >= 0 {
				c.list = text[m[n]:m[n+1]]
				if m[n+2] >= 0 {
					c.named = text[m[n+2]:m[n+3]]
				}
			}
		}
		c.act = actName(c.named)
		c.ofSomebody = slices.Contains(strings.Split(somebody, "|"), c.act)
		out = append(out, c)
		for i := m[0]; i < m[1]; i++ {
			rest[i] = '.'
		}
	}
	for _, m := range bare().FindAllSubmatchIndex(rest, -1) {
		if before := strings.ToLower(strings.TrimSpace(text[:m[2]])); strings.HasSuffix(before, "lid") || strings.HasSuffix(before, "paragraph") {
			continue
		}
		named := text[m[4]:m[5]]
		out = append(out, cited{at: m[2], whole: text[m[2]:m[1]], list: text[m[2]:m[3]], act: actName(named), named: named})
	}
	slices.SortStableFunc(out, func(a, b cited) int { return a.at - b.at })
	return out
}

func actName(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// holds says that the data hold an article with all its cited paragraphs.
func (d *Data) holds(act, number, rest string, on time.Time) bool {
	if act == "" {
		return false
	}
	return d.verifiedAll(act+number, citedParagraphs(rest), on)
}

// citedParagraphs are the numbers of "lid 4-6", "eerste en tweede lid", "(1)-(3)".
func citedParagraphs(rest string) []string {
	var out []string
	for _, m := range paragraphs().FindAllStringSubmatch(rest, -1) {
		from, to := m[1]+m[4], m[2]+m[5]
		if m[3] != "" {
			from = strconv.Itoa(1 + slices.Index(ordinals, strings.ToLower(m[3])))
		}
		out = append(out, from)
		if to != "" {
			out = append(out, to)
		}
	}
	return out
}

// verifiedAll says that the data hold an article verified with each of its
// cited paragraphs, or as a whole where none is cited.
func (d *Data) verifiedAll(article string, cited []string, on time.Time) bool {
	if len(cited) == 0 {
		return d.verifiedArticle(article, "", on)
	}
	return !slices.ContainsFunc(cited, func(n string) bool { return !d.verifiedArticle(article, n, on) })
}

// verifiedArticle looks for the paragraph's own record, then for the whole
// article's, if that was read so far. An article named as a whole may be held by
// its paragraphs.
func (d *Data) verifiedArticle(id, paragraph string, on time.Time) bool {
	if paragraph != "" {
		if a, err := d.Article(id+"-"+paragraph, on); err == nil {
			return a.Verified()
		}
	}
	if a, err := d.Article(id, on); err == nil {
		return a.Verified() && (paragraph == "" || a.readTo(paragraph))
	}
	parts := slices.DeleteFunc(list(d.articles, on), func(a Article) bool { return !strings.HasPrefix(a.ID, id+"-") })
	return paragraph == "" && len(parts) > 0 && !slices.ContainsFunc(parts, func(a Article) bool { return !a.Verified() })
}

// readTo says that an article has a paragraph that was read: of one whose
// paragraphs nobody counted only the first is sure to be there.
func (a Article) readTo(paragraph string) bool {
	n, err := strconv.Atoi(paragraph)
	return err == nil && n >= 1 && n <= max(a.Paragraphs, 1)
}

// checkParagraphs holds that a paragraph with a record of its own is one of its
// article's, and that a paragraph has none itself.
func (d *Data) checkParagraphs(f *faults, a Article) {
	if a.Paragraphs < 0 {
		f.add("articles", a.ID, "has %d paragraphs", a.Paragraphs)
	}
	whole, number, ok := strings.Cut(a.ID, "-")
	if !ok {
		return
	}
	if a.Paragraphs > 0 {
		f.add("articles", a.ID, "is a paragraph and says how many it has")
	}
	for _, v := range d.articles {
		if v.ID == whole && v.Paragraphs > 0 && !v.readTo(number) {
			f.add("articles", a.ID, "is behind the last paragraph of %s, which was read to the %dth", whole, v.Paragraphs)
			return
		}
	}
}
