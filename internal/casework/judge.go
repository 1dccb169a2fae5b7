package casework

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"github.com/ontdox/takedown/internal/takedown"
)

const (
	// minPageText is how many letters, digits and gaps a text of a contact's pages
	// has at least: a shorter one stands in pages that show the content, too.
	minPageText = 12
	// minShown is how many words a page shows at least that may be called edited:
	// with fewer it may be built in the browser, or a check for robots. Our own
	// choice.
	minShown = 8
)

// loginPaths are parts of a path to which services send who is not logged in.
var loginPaths = []string{"login", "log-in", "signin", "sign-in", "inloggen", "aanmelden", "authwall", "checkpoint"}

// pageTexts are what a page says: long enough not to stand in any other.
func (b *bad) pageTexts(pointer string, texts []string) {
	b.distinct(pointer, texts, 10)
	for n, text := range texts {
		at := fmt.Sprintf("%s/%d", pointer, n)
		b.line(at, text, 200)
		if len(pageWords(text)) < minPageText {
			b.add(at, "at least %d letters and digits, or it stands in other pages too", minPageText)
		}
	}
}

// judge says what a fetched page shows. The data decide before any status or
// text; that it does not show them decides only where a look saw them before,
// at the same place, on a page that has something to read. All else is unknown.
func judge(page FetchedPage, p openPage, language string, key CaseKey) string {
	shows, whole := p.Marks.On(string(page.Body), key.MAC)
	switch page.Status {
	case 404, 410:
		if shows { // it may quote its own address, or deceive us: a person looks
			return checkUnknown
		}
		return checkGone
	case 451:
		return checkBlocked
	case 401:
		return checkWalled
	}
	ok := page.Status >= 200 && page.Status <= 299
	switch {
	case ok && shows:
		return checkOnline
	case !whole, !ok && page.Status != 403: // what cannot be told: too much, a fault, or too many requests
		return checkUnknown
	}
	return judgeText(page, p, language, ok)
}

// judgeText judges a page that shows none of the data.
func judgeText(page FetchedPage, p openPage, language string, ok bool) string {
	v := viewed(page.Body)
	moved := elsewhereOnHost(p.location, page.FinalURL)
	switch {
	case ok && v.says(p.Removed):
		return checkGone
	case v.password || v.says(p.Login) || (moved && toLogin(page.FinalURL)):
		return checkWalled
	case ok && p.Seen && len(p.Marks.Hashes) > 0 && !moved && page.Size <= int64(len(page.Body)) && p.asBefore(v, language):
		return checkEdited
	}
	return checkUnknown // 403 among others: a wall, a block by country, or a dislike of programs
}

// asBefore says that a page looks like the one on which the data were read, but
// for them: at least half as much to read, under the same title where that is
// known. With less it may be a wall that answers as if all was well.
func (p openPage) asBefore(v view, language string) bool {
	before := p.Showed
	if v.count < minShown || before.Words < minShown || 2*v.count < before.Words {
		return false
	}
	return before.Title == "" || before.Language != language || before.Title == p.titleHash(v)
}

// showing is how a page looks that shows the data.
func (p openPage) showing(body []byte, language string) takedown.Showing {
	v := viewed(body)
	return takedown.Showing{Words: v.count, Title: p.titleHash(v), Language: language}
}

// titleHash tells whether two titles are the same, under a key of the item's;
// "" without a title.
func (p openPage) titleHash(v view) string {
	if v.title == "" || len(p.titleKey) == 0 {
		return ""
	}
	h := hmac.New(sha256.New, p.titleKey)
	_, _ = h.Write([]byte(v.title)) // a hash never fails
	return hex.EncodeToString(h.Sum(nil)[:titleBytes])
}

const (
	titleBytes = 16
	maxShowed  = 1 << 20 // words of a page: more is not what a look says
)

// sound is what a look says of a page as far as it can be: who looks meets
// hostile pages.
func sound(s takedown.Showing) takedown.Showing {
	s.Words = max(0, min(s.Words, maxShowed))
	title, err := hex.DecodeString(s.Title)
	if err != nil || len(title) != titleBytes || !slices.Contains(lookLanguages, s.Language) {
		s.Title, s.Language = "", ""
	}
	return s
}

// verdict is what looks in several languages come to: the data decide, and
// nothing else unless all agree.
func verdict(seen []string) string {
	switch {
	case slices.Contains(seen, checkOnline):
		return checkOnline
	case len(seen) == 0 || slices.ContainsFunc(seen, func(r string) bool { return r != seen[0] }):
		return checkUnknown
	}
	return seen[0]
}

// fromAbroad is what a look comes to that was made from here and from elsewhere
// too. Shown elsewhere, the data are blocked here only if here answered: a page that
// could not be reached, or read to its end, from here says nothing of a country.
func fromAbroad(here takedown.Check, abroad []takedown.Check) takedown.Check {
	out := here
	n := slices.IndexFunc(abroad, func(there takedown.Check) bool { return there.Result == checkOnline })
	switch {
	case n >= 0 && unanswered(here):
		out = abroad[n]
	case n >= 0:
		out.Result = checkBlocked
	default:
		seen := []string{here.Result}
		for _, there := range abroad {
			if seen = append(seen, there.Result); out.Why == "" {
				out.Why = there.Why
			}
		}
		if out.Result = verdict(seen); out.Why == "" {
			out.Why = whyWays
		}
	}
	out.Ways = 1 + len(abroad)
	return sayWhy(out)
}

// unanswered says of a look that it could not tell, because the page was not
// fetched, not whole, or its server was busy or broken.
func unanswered(check takedown.Check) bool {
	return check.Result == checkUnknown && (check.Status == 0 || slices.Contains([]string{whyTooLarge, whyBusy, whyFault}, check.Why))
}

// view is what a page shows to a reader.
type view struct {
	words    string // as pageWords
	count    int
	title    string // as pageWords: the first
	password bool   // it asks for one
}

// says whether the page shows one of these texts.
func (v view) says(texts []string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(v.words, pageWords(text)) })
}

// viewed reads a page without what a browser does not show.
func viewed(body []byte) view {
	var v view
	var text, title strings.Builder
	hidden, titled := 0, 0 // titled: before, in and after the title
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(1 << 20) // one token of a hostile page
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken: // the end, or what cannot be read
			v.words, v.title = pageWords(text.String()), pageWords(title.String())
			v.count = len(strings.Fields(v.words))
			return v
		case html.TextToken:
			if hidden == 0 {
				shown := z.Text()
				text.Write(shown)
				if titled == 1 {
					title.Write(shown)
				}
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, attrs := z.TagName()
			tag := string(name)
			if attrs && tag == "input" {
				v.password = v.password || asksPassword(z)
			}
			if kind == html.StartTagToken && unseenTag(tag) {
				hidden++
			}
			if tag == "title" && titled == 0 {
				titled = 1
			}
			text.WriteByte(' ')
		case html.EndTagToken:
			name, _ := z.TagName()
			if unseenTag(string(name)) && hidden > 0 {
				hidden--
			}
			if string(name) == "title" && titled == 1 {
				titled = 2
			}
			text.WriteByte(' ')
		}
	}
}

func unseenTag(name string) bool {
	return slices.Contains([]string{"script", "style", "noscript", "template"}, name)
}

func asksPassword(z *html.Tokenizer) bool {
	for {
		key, value, more := z.TagAttr()
		if string(key) == "type" && strings.EqualFold(string(value), "password") {
			return true
		}
		if !more {
			return false
		}
	}
}

// pageWords is a text in small letters and digits, a space between two words
// and around all, so that texts are found whatever stands between them.
func pageWords(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return ""
	}
	return " " + strings.Join(words, " ") + " "
}

// elsewhereOnHost says that redirects led to another page than was asked for,
// not just to another spelling of its address.
func elsewhereOnHost(location, final string) bool {
	a, errA := url.Parse(location)
	b, errB := url.Parse(final)
	if errA != nil || errB != nil {
		return true
	}
	host := func(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") }
	path := func(u *url.URL) string { return strings.TrimSuffix(u.EscapedPath(), "/") }
	return host(a) != host(b) || !strings.EqualFold(path(a), path(b)) || a.RawQuery != b.RawQuery
}

func toLogin(final string) bool {
	u, err := url.Parse(final)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(strings.Split(strings.ToLower(u.Path), "/"), func(part string) bool {
		part, _, _ = strings.Cut(part, ".")
		return slices.Contains(loginPaths, part)
	})
}
