package casework

import (
	"context"
	"errors"
	"slices"

	"github.com/ontdox/takedown/internal/takedown"
)

// NotFetched is why a page was not fetched: a code, without the page's address.
// A PageFetcher's errors wrap one.
type NotFetched string

// Why a page was not fetched.
const (
	RefusedAddress  NotFetched = "refused_address" // private, loopback, link-local, metadata: itself, its name, or where it redirects to
	RefusedPort     NotFetched = "refused_port"    // another than 80 and 443
	RefusedRedirect NotFetched = "refused_redirect"
	NoWebPage       NotFetched = "no_web_page" // file: and other schemes, a name or password in the URL
	TooManyMoves    NotFetched = "too_many_redirects"
	TooSlow         NotFetched = "too_slow"
	NoSuchHost      NotFetched = "no_such_host"
	BadCertificate  NotFetched = "bad_certificate"
	NoAnswer        NotFetched = "no_answer"
	NoWayOut        NotFetched = "no_way_out" // the proxy of another way out does not open it
)

// Error is the code.
func (n NotFetched) Error() string { return string(n) }

// Why a page that was fetched, or not asked for, tells nothing.
const (
	whyTooLarge  = "too_large"        // only its first part was read
	whyDenied    = "denied"           // 403: a wall, a block by country, or a dislike of programs
	whyBusy      = "too_many_asked"   // 429
	whyFault     = "server_fault"     // 5xx
	whyStatus    = "other_status"     // another status that says nothing
	whyQuoted    = "gone_but_quoted"  // a 404 or 410 that still shows the data
	whyNoMatch   = "not_recognised"   // neither the data, nor a text that says what happened to them
	whyLanguages = "languages_differ" // it says something else in another language
	whyWays      = "ways_differ"      // or from another place on the net
	whyNoLook    = "not_looked"       // the program could not look at all
)

// notReadCodes are all of them: verify-content meets hostile pages, so nothing
// else that its result says is taken over.
var notReadCodes = []string{
	string(RefusedAddress), string(RefusedPort), string(RefusedRedirect), string(NoWebPage), string(TooManyMoves), string(TooSlow),
	string(NoSuchHost), string(BadCertificate), string(NoAnswer), string(NoWayOut), whyTooLarge, whyDenied, whyBusy, whyFault, whyStatus, whyQuoted, whyNoMatch,
	whyLanguages, whyWays, whyNoLook,
}

// notFetched is the check of a page that could not be fetched.
func notFetched(err error) takedown.Check {
	why := NoAnswer
	errors.As(err, &why)
	return takedown.Check{Result: checkUnknown, Why: string(why)}
}

// whyUnknown says why a page that was read cannot be told.
func whyUnknown(page FetchedPage) string {
	switch {
	case page.Status == 404 || page.Status == 410:
		return whyQuoted
	case page.Size > int64(len(page.Body)):
		return whyTooLarge
	case page.Status == 403:
		return whyDenied
	case page.Status == 429:
		return whyBusy
	case page.Status >= 500:
		return whyFault
	case page.Status < 200 || page.Status > 299:
		return whyStatus
	}
	return whyNoMatch
}

// sayWhy keeps the reason of a look that could not tell, and none of another.
func sayWhy(check takedown.Check) takedown.Check {
	switch {
	case check.Result != checkUnknown:
		check.Why = ""
	case !slices.Contains(notReadCodes, check.Why):
		check.Why = whyNoLook
	}
	return check
}

// checkCode is what the history says of a look.
func checkCode(check takedown.Check) string {
	if check.Why == "" {
		return check.Result
	}
	return check.Result + ":" + check.Why
}

// unreadable tells the log why a page was not fetched: by its item, never by its
// address.
func (l *looker) unreadable(ctx context.Context, p openPage, check takedown.Check) {
	l.s.Log.WarnContext(ctx, "a page could not be read", "item", p.Item, "reason", check.Why)
}
