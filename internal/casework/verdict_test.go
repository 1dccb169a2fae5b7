package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

const (
	shown  = "<p>Bel Sealed Name op 06 00 00 00 00.</p>"
	plenty = "<html><title>Forum</title><p>Dit onderwerp is door de beheerder aangepast. Lees de huisregels voordat je weer iets plaatst.</p></html>"
)

// What a page shows decides what a look says; what does not tell is unknown.
func TestWhatALookSays(t *testing.T) {
	t.Parallel()
	login := "<form><input name=who><input\ntype='PassWord' name=pass></form>"
	for name, c := range map[string]struct {
		status      int
		body, final string
		seen        bool // the data stood there at an earlier look
		want        string
	}{
		"the data":                             {200, shown, "", false, "online"},
		"the data behind a redirect":           {200, shown, "https://elsewhere.example/login", false, "online"},
		"not found":                            {404, "niets", "", false, "gone"},
		"gone":                                 {410, "", "", true, "gone"},
		"not found, and the data":              {404, shown, "", true, "unknown"},
		"blocked for legal reasons":            {451, "", "", false, "geo_blocked"},
		"unauthorised":                         {401, "", "", true, "login_walled"},
		"forbidden":                            {403, plenty, "", true, "unknown"},
		"forbidden, asks for a password":       {403, login, "", true, "login_walled"},
		"asks for a password":                  {200, login + plenty, "", true, "login_walled"},
		"asks for it in a script only":         {200, "<script>'" + login + "'</script>" + plenty, "", true, "edited"},
		"the contact's text for no login":      {200, plenty + "<b>Meld je aan</b> om <i>dit onderwerp</i> te lezen", "", true, "login_walled"},
		"redirected to a login":                {200, plenty, "https://forum.example/accounts/login.php?next=1", true, "login_walled"},
		"the contact's text for removed":       {200, "<h1>Dit bericht is <em>niet</em>&nbsp;beschikbaar.</h1>", "", false, "gone"},
		"that text, and the data":              {200, "<h1>Dit bericht is niet beschikbaar</h1>" + shown, "", false, "online"},
		"that text where nobody sees it":       {200, "<style>Dit bericht is niet beschikbaar</style>" + plenty, "", false, "unknown"},
		"that text with a fault":               {500, "Dit bericht is niet beschikbaar", "", true, "unknown"},
		"something else than before":           {200, plenty, "", true, "edited"},
		"something else, nothing known before": {200, plenty, "", false, "unknown"},
		"hardly anything":                      {200, "<title>Even geduld</title><script>var a = 'een twee drie vier vijf zes zeven acht'</script>", "", true, "unknown"},
		"redirected to the front page":         {200, plenty, "https://forum.example/", true, "unknown"},
		"redirected to another spelling":       {200, plenty, "http://www.forum.example/t/1/", true, "edited"},
		"too many requests":                    {429, "", "", true, "unknown"},
		"a fault":                              {503, plenty, "", true, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLive(t)
			in := hosterInput("abuse@host.example")
			in.RemovedTexts, in.LoginTexts = []string{"Dit bericht is niet beschikbaar"}, []string{"Meld je aan om dit onderwerp te lezen"}
			v, err := l.s.GetContact(context.Background(), specialist, "contact_hoster")
			l.ok(err)
			_, err = l.s.PutContact(context.Background(), coordinator, "contact_hoster", in, v.Version)
			l.ok(err)
			if c.seen {
				l.looks(200, shown, "online")
			}
			l.pages.final = c.final
			l.looks(c.status, c.body, c.want)
		})
	}
}

// looks fails the test unless a look at a page says so.
func (l *live) looks(status int, body, want string) {
	l.t.Helper()
	l.pages.shows(status, body)
	check, err := l.s.CheckItem(context.Background(), specialist, l.c, l.page)
	l.ok(err)
	if check.Result != want || check.Status != status {
		l.t.Errorf("the look says %s with %d, want %s with %d", check.Result, check.Status, want, status)
	}
}

// A page is read in Dutch and in English: the data in either are enough, and
// what both do not say alike is not known.
func TestALookReadsTwoLanguages(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.looks(404, "", "gone")
	if !slices.Equal(l.pages.asked, []string{"nl", "en"}) {
		t.Errorf("asked for in %q", l.pages.asked)
	}
	l.pages.in = map[string]string{"en": shown}
	l.pages.shows(404, "")
	check, err := l.s.CheckItem(context.Background(), specialist, l.c, l.page)
	l.ok(err)
	if check.Result != "online" {
		t.Errorf("shown in English alone: %s", check.Result)
	}
	l.pages.in = map[string]string{"en": plenty}
	check, err = l.s.CheckItem(context.Background(), specialist, l.c, l.page)
	l.ok(err)
	if check.Result != "unknown" {
		t.Errorf("gone in Dutch alone: %s", check.Result)
	}
}

// A page that is gone here and shows the data elsewhere is blocked for readers
// here; with one way out that cannot be told.
func TestABlockByCountryTakesTwoWaysOut(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.looks(404, "", "gone") // as far as one way out can tell
	abroad := &scriptedPages{status: 200, body: shown}
	l.s.Abroad = []casework.PageFetcher{abroad}
	for _, c := range []struct {
		here, there int
		shows, want string
	}{
		{404, 200, shown, "geo_blocked"},
		{403, 200, shown, "geo_blocked"},
		{404, 404, "", "gone"},
		{404, 503, "", "unknown"},
		{451, 404, "", "unknown"},
	} {
		l.pages.shows(c.here, "")
		abroad.shows(c.there, c.shows)
		check, err := l.s.CheckItem(context.Background(), specialist, l.c, l.page)
		l.ok(err)
		if check.Result != c.want || check.Ways != 2 {
			t.Errorf("%d here, %d there: %+v, want %s", c.here, c.there, check, c.want)
		}
	}
	asked := len(abroad.asked)
	l.looks(200, shown, "online")
	if len(abroad.asked) != asked {
		t.Error("what shows here was asked for elsewhere")
	}
}

// What a contact's pages say must be more than a word.
func TestTextsOfAContactsPages(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := hosterInput("abuse@host.example")
	in.RemovedTexts = []string{"weg", "Dit bericht is verwijderd", "Dit bericht is verwijderd"}
	in.LoginTexts = []string{"log\nin om dit te zien", strings.Repeat("lang ", 50)}
	_, err := f.s.PutContact(ctx, coordinator, "contact_hoster", in, 0)
	f.pointers(err, "/removedTexts/2", "/removedTexts/0", "/loginTexts/0", "/loginTexts/1")
	in.RemovedTexts, in.LoginTexts = []string{"Dit bericht is verwijderd"}, []string{"Log in om dit te zien"}
	v, err := f.s.PutContact(ctx, coordinator, "contact_hoster", in, 0)
	f.ok(err)
	if !slices.Equal(v.RemovedTexts, in.RemovedTexts) || !slices.Equal(v.LoginTexts, in.LoginTexts) {
		t.Errorf("got %q and %q", v.RemovedTexts, v.LoginTexts)
	}
}

// That data were taken out is believed after two looks an hour apart, and the
// item ends as edited.
func TestEditedIsBelievedTwice(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.looks(200, shown, "online")
	l.looks(200, plenty, "edited")
	l.clock.advance(59 * 60e9)
	l.looks(200, plenty, "edited")
	if v := l.item(l.c, 0); v.Status != "claimed" || v.Outcome != nil {
		t.Fatalf("within the hour: %s, %+v", v.Status, v.Outcome)
	}
	l.clock.advance(60 * 60e9)
	l.looks(200, plenty, "edited")
	if v := l.item(l.c, 0); v.Status != "gone" || v.Outcome == nil || v.Outcome.Code != "edited" || !v.Outcome.Verified {
		t.Errorf("after it: %s, %+v", v.Status, v.Outcome)
	}
}

// unreached is a way out by which no page is fetched.
type unreached struct{ why casework.NotFetched }

func (u unreached) Fetch(context.Context, string, string) (casework.FetchedPage, error) {
	return casework.FetchedPage{}, u.why
}

// That we did not reach a page says nothing of a country: what another way out
// sees is there. What answered here that it is not, is blocked here.
func TestAPageThatWasNotReachedFromHereIsNoBlock(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	here := l.s.Pages
	l.s.Abroad = []casework.PageFetcher{&scriptedPages{status: 200, body: shown}}
	for _, c := range []struct {
		way    casework.PageFetcher
		status int
		want   string
	}{
		{unreached{casework.TooSlow}, 0, "online"},
		{unreached{casework.NoAnswer}, 0, "online"},
		{here, 503, "online"},
		{here, 429, "online"},
		{here, 403, "geo_blocked"},
		{here, 451, "geo_blocked"},
		{here, 401, "geo_blocked"},
	} {
		l.s.Pages = c.way
		l.pages.shows(c.status, "")
		check, err := l.s.CheckItem(context.Background(), specialist, l.c, l.page)
		l.ok(err)
		if check.Result != c.want || check.Ways != 2 || check.Why != "" {
			t.Errorf("%T %d here: %+v, want %s", c.way, c.status, check, c.want)
		}
	}
}

const (
	thread = "<html><title>Forum: dit onderwerp</title><p>Bel Sealed Name op 06 00 00 00 00. Wie weet meer? Hieronder staan twintig reacties van lezers van dit forum over hetzelfde onderwerp.</p></html>"
	wall   = "<html><title>Even geduld</title><p>Wij kijken of je een mens bent. Zet cookies aan en laad de pagina opnieuw. Dit duurt niet lang, beloofd, en daarna lees je verder.</p></html>"
)

// A wall that answers as if all was well, at the same address, is no page that
// was edited: it says much less, or has another title. A person looks.
func TestAWallIsNoEditedPage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ before, now, want string }{
		"without the data":                {thread, strings.ReplaceAll(thread, "Sealed Name op 06 00 00 00 00", "ons"), "edited"},
		"another title":                   {thread, wall, "unknown"},
		"less than half, no title before": {"<p>" + strings.Repeat("Sealed Name en nog meer woorden ", 20) + "</p>", wall, "unknown"},
		"half, no title before":           {"<p>" + strings.Repeat("Sealed Name en nog meer woorden ", 6) + "</p>", wall, "edited"},
		"hardly a word before":            {"<p data-of='Sealed Name'>Even geduld</p>", wall, "unknown"}, // it is built in the browser
	} {
		t.Run(name, func(t *testing.T) {
			l := newLive(t)
			l.looks(200, c.before, "online")
			l.looks(200, c.now, c.want)
		})
	}
}

// The title of a page in another language is another; it says nothing.
func TestATitleIsHeldAgainstOneOfItsLanguage(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.looks(200, thread, "online")
	edited := strings.ReplaceAll(thread, "Sealed Name op 06 00 00 00 00", "ons")
	l.pages.in = map[string]string{"en": strings.ReplaceAll(edited, "dit onderwerp", "this thread")}
	l.looks(200, edited, "edited")
}

// What was seen at another address, or of somebody else, says nothing of a page:
// it is not edited before the data were read there.
func TestWhatWasSeenElsewhereIsNoEdit(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := newLive(t)
	in := caseInput("https://forum.example/t/9")
	in.Affected = append(in.Affected, casework.AffectedInput{Relation: "family", Private: takedown.Private{Name: "Sealed Relative"}})
	opened := l.open(in)
	l.c, l.page = opened.Case, opened.Items[0].Item
	l.looks(200, shown, "online")
	l.looks(200, plenty, "edited")
	patch := func(in casework.ItemPatch) {
		t.Helper()
		l.ok(l.s.PatchItem(ctx, specialist, l.c, l.page, in, l.item(l.c, 0).Version))
	}
	patch(casework.ItemPatch{Location: &casework.LocationPatch{URL: ptr("https://forum.example/t/2")}})
	if v := l.item(l.c, 0); len(v.Checks) != 0 || !v.ClaimedAt.IsZero() || !v.WatchAt.IsZero() {
		t.Errorf("at another address: %+v", v)
	}
	l.clock.advance(time.Hour)
	l.looks(200, plenty, "unknown")
	l.looks(200, shown, "online")
	l.looks(200, plenty, "edited")
	patch(casework.ItemPatch{People: &[]string{opened.People[1]}})
	l.clock.advance(time.Hour)
	l.looks(200, plenty, "unknown")
	if v := l.item(l.c, 0); v.Outcome != nil {
		t.Errorf("it ended: %+v", v.Outcome)
	}
}
