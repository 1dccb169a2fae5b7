package law

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// citation is how texts name a provision: "artikel 17, lid 3, onder b, DSA",
// "artikel 285d, eerste lid, van het Wetboek van Strafrecht".
var citation = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\bartikel(?:en)?\s+(\d+(?::\d+)?[a-z]*)((?:,?\s+(?:lid\s+\d+(?:-\d+)?|(?:` + ordinal + `)(?:\s+en\s+(?:` + ordinal + `))?\s+lid|onder\s+(?:[a-z]|\d+°?)\b))*)` +
		`,?(?:\s+van(?:\s+(?:het|de))?)?(?:\s+Nederlandse?)?(?:\s+(uw|ons|onze|` + acts + `)\b)?`)
})

const (
	ordinal = `eerste|tweede|derde|vierde|vijfde|zesde|zevende|achtste|negende`
	acts    = `Wetboek\s+van\s+Strafrecht|Sr|Wetboek\s+van\s+Strafvordering|Sv|DSA|Digitaledienstenverordening|AVG|Algemene\s+verordening\s+gegevensbescherming|` +
		`UAVG|Uitvoeringswet\s+AVG|BW|Burgerlijk\s+Wetboek|Awb|Wpbr|Grondwet`
)

var (
	paragraphs = regexp.MustCompile(`(?i)lid\s+(\d+)|(` + ordinal + `)`)
	ordinals   = strings.Split(ordinal, "|")
	// actIDs are the beginnings of article ids by the act's name, in lower case.
	// An act without an entry is one of which the data hold nothing.
	actIDs = map[string]string{
		"sr": "sr", "wetboek van strafrecht": "sr", "sv": "sv", "wetboek van strafvordering": "sv", "dsa": "dsa", "digitaledienstenverordening": "dsa",
		"avg": "avg", "algemene verordening gegevensbescherming": "avg", "uavg": "uavg", "uitvoeringswet avg": "uavg",
	}
)

// Unverified gives, as they stand there, the provisions that a text cites
// although the data do not hold them, verified, at the date they are used for:
// the Criminal Code by the date of the act, all else by that of the document.
// A citation without an act is of the act named before it. Each comes once, in
// the order of the text; none means that the text rests on what was read.
func (d *Data) Unverified(text string, act, document time.Time) []string {
	out := d.unverifiedEnglish(text, act, document)
	last := ""
	for _, m := range citation().FindAllStringSubmatch(text, -1) {
		name := strings.ToLower(strings.Join(strings.Fields(m[3]), " "))
		if name == "uw" || name == "ons" || name == "onze" { // somebody's own rules
			continue
		}
		if name != "" {
			last = name
		}
		on := document
		if actIDs[last] == "sr" {
			on = act
		}
		cited := strings.TrimRight(strings.TrimSpace(m[0]), ",")
		if !d.holds(actIDs[last], strings.ToLower(m[1]), m[2], on) && !slices.Contains(out, cited) {
			out = append(out, cited)
		}
	}
	return out
}

// holds says that the data hold an article with all its cited paragraphs.
func (d *Data) holds(act, number, rest string, on time.Time) bool {
	if act == "" {
		return false
	}
	var cited []string
	for _, p := range paragraphs.FindAllStringSubmatch(rest, -1) {
		n := p[1]
		if n == "" {
			n = strconv.Itoa(1 + slices.Index(ordinals, strings.ToLower(p[2])))
		}
		cited = append(cited, n)
	}
	return d.verifiedAll(act+number, cited, on)
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
// article's; an article named as a whole may be held by its paragraphs.
func (d *Data) verifiedArticle(id, paragraph string, on time.Time) bool {
	if paragraph != "" {
		if a, err := d.Article(id+"-"+paragraph, on); err == nil {
			return a.Verified()
		}
	}
	if a, err := d.Article(id, on); err == nil {
		return a.Verified()
	}
	parts := slices.DeleteFunc(list(d.articles, on), func(a Article) bool { return !strings.HasPrefix(a.ID, id+"-") })
	return paragraph == "" && len(parts) > 0 && !slices.ContainsFunc(parts, func(a Article) bool { return !a.Verified() })
}
