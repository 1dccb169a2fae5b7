package casework

import (
	"fmt"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/directory"
	"github.com/ontdox/takedown/internal/takedown"
)

// The code lists of api.md.
var (
	relations      = []string{"employee", "family", "third_party"}
	goals          = []string{"removal", "prosecution", "support"}
	locationTypes  = []string{"url", "account", "closed_group", "message", "offline"}
	itemKinds      = []string{"original", "repost", "call_to_identify", "impersonation"}
	contentTypes   = []string{"text", "image", "video", "audio", "synthetic"}
	dataCategories = []string{
		"home_address", "phone", "email", "photo", "family", "school", "number_plate", "live_location", "work_schedule",
		"employment_history", "health", "financial", "id_number", "private_account", "synthetic",
	}
	audiences = []string{"", "public", "closed", "unknown"}
	triggers  = []string{"", "disagreement", "illness", "blackmail", "other"}
	motives   = []string{"intimidation", "revenge", "identity_theft", "other"}
	contexts  = []string{"", "prison", "police_custody", "long_term_care", "other"}
)

// bad collects field errors.
type bad struct{ fields []takedown.FieldError }

func (b *bad) add(pointer, format string, args ...any) {
	b.fields = append(b.fields, takedown.FieldError{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
}

func (b *bad) oneOf(pointer, value string, codes []string) {
	if !slices.Contains(codes, value) {
		b.add(pointer, "must be one of %v", codes)
	}
}

func (b *bad) notFuture(pointer string, at, now time.Time) {
	if at.After(now.Add(5 * time.Minute)) { // clocks of reporters run ahead a little
		b.add(pointer, "lies in the future")
	}
}

// notBefore refuses a day that lies before what it is about could be; a floor
// that is not known holds nothing.
func (b *bad) notBefore(pointer string, at, floor time.Time, says string) {
	day := func(at time.Time) string { return at.In(calendar.Amsterdam).Format(time.DateOnly) }
	if !at.IsZero() && !floor.IsZero() && day(at) < day(floor) {
		b.add(pointer, "%s", says)
	}
}

// afterTheAct refuses a day before anything of the case happened, as the incident
// and the items' own dates say; where the incident has none, nothing is held. The
// items are read only where the incident's day would refuse it.
func (t *tx) afterTheAct(b *bad, c *takedown.Case, pointer string, at time.Time) error {
	if c.OccurredAt.IsZero() || !at.Before(c.OccurredAt) {
		return nil
	}
	first, err := t.firstAct(c)
	b.notBefore(pointer, at, first, beforeTheAct)
	return err
}

// firstAct is the earliest day on which something of the case happened, as the
// incident and the items' own dates say; zero where the incident has none.
func (t *tx) firstAct(c *takedown.Case) (time.Time, error) {
	first := c.OccurredAt
	if first.IsZero() {
		return first, nil
	}
	items, err := all[takedown.Item](t)
	for _, it := range items {
		for _, at := range []time.Time{it.PostedAt, it.FirstSeenAt} {
			if !at.IsZero() && at.Before(first) {
				first = at
			}
		}
	}
	return first, err
}

const beforeTheAct = "lies before the incident (occurredAt) and every item"

// seenBy wants the source of a first sighting that has a time.
func (b *bad) seenBy(at, by string, first time.Time) {
	b.oneOf(at+"/firstSeenBy", by, []string{"", "own_observation", "reported_to_us"})
	if by != "" && first.IsZero() {
		b.add(at+"/firstSeenBy", "goes with firstSeenAt: say when it was first seen")
	}
}

// seen wants an item to be seen after it was posted, and both to be past.
func (b *bad) seen(at string, posted, first, now time.Time) {
	b.notFuture(at+"/firstSeenAt", first, now)
	b.notFuture(at+"/postedAt", posted, now)
	if !posted.IsZero() && !first.IsZero() && posted.After(first) {
		b.add(at+"/postedAt", "lies after it was first seen")
	}
}

func (b *bad) atMost(pointer, value string, limit int) {
	if len([]rune(value)) > limit {
		b.add(pointer, "at most %d characters", limit)
	}
}

// checkOpenCase finds every bad field of a case but its items, which are
// judged one by one. capacities are the codes of the law data.
func checkOpenCase(in OpenCaseInput, capacities []string, now time.Time) []takedown.FieldError {
	var b bad
	if len(in.Affected) == 0 {
		b.add("/affected", "name at least one affected person")
	}
	if len(in.Affected) > 10 {
		b.add("/affected", "at most 10 affected persons a request")
	}
	for n, a := range in.Affected {
		at := fmt.Sprintf("/affected/%d", n)
		b.oneOf(at+"/relation", a.Relation, relations)
		b.atMost(at+"/function", a.Function, 200)
		b.maybe(at+"/capacity", a.Capacity, capacities...)
		b.oneOf(at+"/workContext", a.WorkContext, contexts)
		if a.Preferences != nil {
			b.atMost(at+"/preferences/callAt", a.Preferences.CallAt, 60)
		}
	}
	b.notFuture("/incident/occurredAt", in.Incident.OccurredAt, now)
	b.notFuture("/incident/discoveredAt", in.Incident.DiscoveredAt, now)
	b.notFuture("/incident/reportedAt", in.Incident.ReportedAt, now)
	b.notBefore("/incident/discoveredAt", in.Incident.DiscoveredAt, in.Incident.OccurredAt, "lies before it occurred")
	b.notBefore("/incident/reportedAt", in.Incident.ReportedAt, in.Incident.OccurredAt, "lies before it occurred")
	b.atMost("/incident/summary", in.Incident.Summary, 4000)
	b.atMost("/incident/trigger", in.Incident.Trigger, 2000)
	b.oneOf("/incident/triggerKind", in.Incident.TriggerKind, triggers)
	b.some("/incident/motives", in.Incident.Motives, motives)
	b.atMost("/reporter/function", in.Reporter.Function, 200)
	b.atMost("/reporter/department", in.Reporter.Department, 200)
	b.atMost("/reporter/contact", in.Reporter.Contact, 500)
	b.distinct("/goals", in.Goals, len(goals))
	for n, g := range in.Goals {
		b.oneOf(fmt.Sprintf("/goals/%d", n), g, goals)
	}
	if m := in.Flags.Misidentified; m != nil && m.IntendedTarget != "unknown" { // nothing else: a name would stand unsealed
		b.add("/flags/misidentified/intendedTarget", "must be unknown; name an affected person by changing the case")
	}
	b.suspects("/suspects", in.Suspects)
	if len(in.Items) > maxItemsRequest {
		b.add("/items", "at most %d items a request", maxItemsRequest)
	}
	return b.fields
}

// checkItem finds every bad field of one item and gives its place.
func checkItem(in ItemInput, at string, now time.Time, people []string) (takedown.Place, []takedown.FieldError) {
	var b bad
	var loc directory.Location
	b.oneOf(at+"/location/type", in.Location.Type, locationTypes)
	if in.Location.Type == "url" || in.Location.URL != "" {
		var err error
		if loc, err = directory.Canonical(in.Location.URL); err != nil {
			b.add(at+"/location/url", "%s", publicDetail(err))
		}
	}
	if slices.Contains(locationTypes[2:], in.Location.Type) {
		for _, f := range []struct{ name, value string }{
			{"service", in.Location.Service}, {"access", in.Location.Access}, {"accessedBy", in.Location.AccessedBy},
		} {
			if f.value == "" {
				b.add(at+"/location/"+f.name, "is needed for this type of location")
			}
		}
	}
	b.oneOf(at+"/kind", in.Kind, itemKinds)
	b.oneOf(at+"/contentType", in.ContentType, contentTypes)
	b.oneOf(at+"/audience", in.Audience, audiences)
	b.seen(at, in.PostedAt, in.FirstSeenAt, now)
	b.seenBy(at, in.FirstSeenBy, in.FirstSeenAt)
	if len(in.DataCategories) == 0 && in.Kind != "call_to_identify" && in.Kind != "impersonation" {
		b.add(at+"/dataCategories", "name at least one category")
	}
	b.distinct(at+"/dataCategories", in.DataCategories, len(dataCategories))
	for n, c := range in.DataCategories {
		b.oneOf(fmt.Sprintf("%s/dataCategories/%d", at, n), c, dataCategories)
	}
	b.distinct(at+"/people", in.People, 20)
	for n, p := range in.People {
		if !slices.Contains(people, p) {
			b.add(fmt.Sprintf("%s/people/%d", at, n), "is no affected person of this case")
		}
	}
	checkItemTexts(&b, in, at, now)
	return placeOf(in, loc), b.fields
}

func checkItemTexts(b *bad, in ItemInput, at string, now time.Time) {
	b.atMost(at+"/postId", in.PostID, 200)
	b.atMost(at+"/location/service", in.Location.Service, 200)
	b.atMost(at+"/location/access", in.Location.Access, 500)
	b.atMost(at+"/location/accessedBy", in.Location.AccessedBy, 200)
	if a := in.Author; a != nil {
		b.atMost(at+"/author/handle", a.Handle, 200)
		b.atMost(at+"/author/accountId", a.AccountID, 200)
		b.atMost(at+"/author/profileUrl", a.ProfileURL, 500)
	}
	if r := in.Reach; r != nil {
		b.notFuture(at+"/reach/at", r.At, now)
		if r.Views < 0 || r.Shares < 0 {
			b.add(at+"/reach", "counts are not negative")
		}
	}
}

// publicDetail is an error's own sentence if it is one of ours.
func publicDetail(err error) string {
	if takedown.KindOf(err) == takedown.Internal {
		return "is not a location"
	}
	return err.Error()
}
