package casework

import (
	"context"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/takedown"
)

// RecountItem is one clock whose count comes out differently.
type RecountItem struct {
	Clock  string `json:"clockId"`
	Case   string `json:"caseId"`
	Track  string `json:"trackId,omitempty"`
	Person string `json:"personId,omitempty"`
	Rule   string `json:"rule"`
	Nature string `json:"nature" enum:"legal,self-set,policy"`
	From   string `json:"from" doc:"The last day as it is."`
	To     string `json:"to" doc:"The last day counted again."`
	Days   int    `json:"days" doc:"By how many days it moves, or would; less than 0 is earlier."`
	Kept   string `json:"kept,omitempty" enum:"told_to_addressee,own_legal_term" doc:"Why it keeps its date all the same."`
}

// RecountView is what a changed calendar does to the running clocks: Items are
// those of the cases one may see, the totals count all. Nothing is changed.
type RecountView struct {
	Items  []RecountItem `json:"items"`
	More   bool          `json:"more,omitempty" doc:"There are more items than are shown."`
	Looked int           `json:"looked"`
	Moved  int           `json:"moved"`
	Kept   int           `json:"kept"`
	Last   *RecountState `json:"last,omitempty"`
}

// RecountState is how the last recount stands, in case time.
type RecountState struct {
	StartedAt time.Time `json:"startedAt"`
	DoneAt    time.Time `json:"doneAt,omitzero"`
	Looked    int       `json:"looked"`
	Moved     int       `json:"moved"`
	Kept      int       `json:"kept"`
}

// RecountQuery says on which calendars a preview counts: those of the settings,
// with days added and without days removed, each "NL:2027-05-14".
type RecountQuery struct {
	Add, Remove []string
}

// maxRecountItems bounds a preview's answer.
const maxRecountItems = 1000

var recountRoles = []takedown.Role{takedown.Coordinator, takedown.LegalAdviser, takedown.Auditor}

// PreviewRecount shows every running clock that would move, and by how much.
// It changes nothing. Roles: coordinator, legal adviser, auditor.
func (s *Service) PreviewRecount(ctx context.Context, who takedown.Principal, q RecountQuery) (RecountView, error) {
	out := RecountView{Items: []RecountItem{}}
	if err := need(who, recountRoles...); err != nil {
		return out, err
	}
	extra, _, err := s.calendarsNow(ctx)
	if err != nil {
		return out, err
	}
	if extra, err = changedDays(extra, q); err != nil {
		return out, err
	}
	if out.Last, err = s.lastRecount(ctx); err != nil {
		return out, err
	}
	seen := s.sight(ctx, who)
	list := Query{Index: indexClocks, Partition: "running", Limit: recountPage}
	for {
		page, err := s.Store.Query(ctx, list)
		if err != nil {
			return out, err
		}
		for _, r := range page.Records {
			if err := s.previewClock(ctx, r, extra, seen, &out); err != nil {
				return out, err
			}
		}
		if list.Cursor = page.Next; list.Cursor == "" {
			return out, nil
		}
	}
}

func (s *Service) previewClock(ctx context.Context, r Record, extra extraDays, seen func(string) (bool, error), out *RecountView) error {
	c, err := decode[takedown.Clock](r)
	if err != nil {
		return err
	}
	out.Looked++
	again, ok, err := s.countAgain(ctx, c, extra, func() (bool, error) {
		return asksBy(get[takedown.Document](ctx, s, c.Document))
	})
	if err != nil || !ok {
		return err
	}
	if again.kept == "" {
		out.Moved++
	} else {
		out.Kept++
	}
	if visible, err := seen(c.Case); err != nil || !visible {
		return err
	}
	if len(out.Items) >= maxRecountItems {
		out.More = true
		return nil
	}
	out.Items = append(out.Items, RecountItem{
		Clock: c.ID, Case: c.Case, Track: c.Track, Person: c.Person, Rule: c.Rule, Nature: c.Nature,
		From: again.from, To: again.DueDate, Days: daysBetween(again.from, again.DueDate), Kept: again.kept,
	})
	return nil
}

// daysBetween counts calendar days, whatever the clock did in between.
func daysBetween(from, to string) int {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	if errA != nil || errB != nil {
		return 0 // unreachable: our own dates
	}
	return int(b.Sub(a).Hours() / 24)
}

// changedDays are the added days as a preview wants them.
func changedDays(extra extraDays, q RecountQuery) (extraDays, error) {
	out := extraDays{}
	for c, days := range extra {
		out[c] = append(out[c], days...)
	}
	var b bad
	for _, s := range q.Remove {
		c, date := dayParam(&b, "/remove", s)
		kept := out[c][:0:0]
		for _, h := range out[c] {
			if h.Date != date {
				kept = append(kept, h)
			}
		}
		out[c] = kept
	}
	for _, s := range q.Add {
		c, date := dayParam(&b, "/add", s)
		out[c] = append(out[c], calendar.Holiday{Date: date, NL: "toegevoegde feestdag", EN: "added holiday", Source: "preview"})
	}
	if len(q.Add)+len(q.Remove) > maxHolidays {
		b.add("/add", "at most %d days", maxHolidays)
	}
	return out, refuseAll(b.fields)
}

// dayParam reads "NL:2027-05-14".
func dayParam(b *bad, pointer, s string) (calendar.Calendar, string) {
	country, date, _ := strings.Cut(s, ":")
	c, err := calendar.ParseCalendar(country)
	day, derr := time.Parse(time.DateOnly, date)
	if err != nil || derr != nil || country == "" || day.Year() < calendar.FirstYear || day.Year() >= calendar.LastYear {
		b.add(pointer, "is no day of a calendar like NL:2027-05-14")
	}
	return c, date
}

func (s *Service) lastRecount(ctx context.Context) (*RecountState, error) {
	r, err := get[takedown.Recount](ctx, s, recountID)
	if takedown.KindOf(err) == takedown.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &RecountState{r.StartedAt, r.DoneAt, r.Looked, r.Moved, r.Kept}, nil
}

// ListRecounted gives the rows that recounts put in the place of others, the
// oldest first; each says from which date it moved. Roles: all that work on
// cases.
func (s *Service) ListRecounted(ctx context.Context, who takedown.Principal, cursor string, limit int) (ClockPage, error) {
	out := ClockPage{Items: []ClockView{}}
	if err := need(who, anyRole...); err != nil {
		return out, err
	}
	seen := s.sight(ctx, who)
	var err error
	out.Next, err = s.eachRecord(ctx, Query{Index: indexClocks, Partition: "recounted", Cursor: cursor, Limit: limit}, func(r Record) (bool, error) {
		c, err := decode[takedown.Clock](r)
		if err != nil || c.RecountedAt.IsZero() {
			return false, err
		}
		if ok, err := seen(c.Case); err != nil || !ok {
			return false, err
		}
		v, err := s.clockView(ctx, c)
		out.Items = append(out.Items, v)
		return true, err
	})
	return out, err
}
