package law

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// citationEnglish is how English texts name a provision: "Article 16(2)(d) DSA",
// "Article 285d(1) of the Dutch Criminal Code".
var citationEnglish = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\barticles?\s+(\d+(?::\d+)?[a-z]*)((?:(?:-|\s+and\s+)?\((?:\d+|[a-z])\))*)` +
		`(?:\s+(?:of\s+)?(?:the\s+)?(?:Dutch\s+)?(your|our|` + actsEnglish + `)\b)?`)
})

const actsEnglish = `DSA|Digital\s+Services\s+Act|GDPR\s+Implementation\s+Act|GDPR|General\s+Data\s+Protection\s+Regulation|Criminal\s+Code|Code\s+of\s+Criminal\s+Procedure|Civil\s+Code`

var (
	paragraphsEnglish = regexp.MustCompile(`\((\d+)\)`)
	actIDsEnglish     = map[string]string{
		"dsa": "dsa", "digital services act": "dsa", "gdpr": "avg", "general data protection regulation": "avg", "gdpr implementation act": "uavg",
		"criminal code": "sr", "code of criminal procedure": "sv",
	}
)

// unverifiedEnglish is Unverified for the citations of English texts.
func (d *Data) unverifiedEnglish(text string, act, document time.Time) []string {
	var out []string
	last := ""
	for _, m := range citationEnglish().FindAllStringSubmatch(text, -1) {
		name := strings.ToLower(strings.Join(strings.Fields(m[3]), " "))
		if name == "your" || name == "our" {
			continue
		}
		if name != "" {
			last = name
		}
		on, id := document, actIDsEnglish[last]
		if id == "sr" {
			on = act
		}
		var cited []string
		for _, p := range paragraphsEnglish.FindAllStringSubmatch(m[2], -1) {
			cited = append(cited, p[1])
		}
		whole := strings.TrimSpace(m[0])
		if (id == "" || !d.verifiedAll(id+strings.ToLower(m[1]), cited, on)) && !slices.Contains(out, whole) {
			out = append(out, whole)
		}
	}
	return out
}
