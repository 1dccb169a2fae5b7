package casework

import (
	"context"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

const (
	// maxRateMails bounds the setting: as many turns are kept, and a row stays
	// under 4 KB.
	maxRateMails = 30
	// turnHolds is how long a turn may be used. What came too late for it, after
	// quiet hours or while we were down, takes another: or everything that waited
	// would leave at once.
	turnHolds = 5 * time.Minute
)

// takeTurn gives a document its place among the mail to its addressee, over all
// cases; zero where nothing bounds it. The turn is kept in the contact's stream
// before the case's commit: what ends in between asks again and gets the same.
// An attempt that goes on has had its turn.
func (s *Service) takeTurn(ctx context.Context, in DocumentInput) (time.Time, error) {
	set, err := s.settingsNow(ctx)
	if err != nil || set.ContactRate == nil || in.GiveUp {
		return time.Time{}, err
	}
	d, err := get[takedown.Document](ctx, s, in.Document)
	if err != nil || d.Status != takedown.DocumentApproved || d.Channel != "mail" || d.Track != in.Track {
		return time.Time{}, unlessMissing(err)
	}
	if d.LastDispatch != "" {
		n, err := get[takedown.Dispatch](ctx, s, d.LastDispatch)
		if err != nil || n.Status == takedown.DispatchIntended {
			return time.Time{}, err
		}
	}
	tr, err := get[takedown.Track](ctx, s, d.Track)
	if err != nil {
		return time.Time{}, err
	}
	c, err := get[takedown.Case](ctx, s, d.Case)
	if err != nil {
		return time.Time{}, err
	}
	return s.turnOf(ctx, tr.Contact, d.ID, *set.ContactRate, c.Flags.Urgent())
}

// turnOf is a document's turn, taken now if it has none. An urgent one waits for
// nobody, but those after it count it.
func (s *Service) turnOf(ctx context.Context, contact, document string, rate takedown.Rate, urgent bool) (time.Time, error) {
	var at time.Time
	err := s.write(ctx, takedown.TheSystem, takedown.System, StreamID(contact), func(t *tx) error {
		p, err := find[takedown.Pace](t, beside(KindPace, contact))
		if err != nil {
			return err
		}
		if p == nil {
			p = &takedown.Pace{Meta: takedown.Meta{ID: beside(KindPace, contact)}}
		}
		held := slices.IndexFunc(p.Turns, func(turn takedown.Turn) bool { return turn.Document == document })
		if held >= 0 {
			at = p.Turns[held].At
			if !at.Before(t.now.Add(-turnHolds)) && (!urgent || !at.After(t.now)) {
				return nil
			}
			p.Turns = slices.Delete(p.Turns, held, held+1)
		}
		at = nextTurn(p.Turns, rate, t.now)
		if urgent {
			at = t.now
		}
		p.Turns = append(p.Turns, takedown.Turn{Document: document, At: at})
		slices.SortStableFunc(p.Turns, func(a, b takedown.Turn) int { return a.At.Compare(b.At) })
		p.Turns = p.Turns[max(0, len(p.Turns)-maxRateMails):]
		if err := t.put(p); err != nil {
			return err
		}
		return t.log("contact.turn_taken", "", []string{contact, document})
	})
	return at, err
}

// nextTurn is the first instant at which one mail more keeps the rate.
func nextTurn(turns []takedown.Turn, rate takedown.Rate, now time.Time) time.Time {
	if len(turns) < rate.Mails {
		return now
	}
	free := turns[len(turns)-rate.Mails].At.Add(time.Duration(rate.Minutes) * time.Minute)
	if free.After(now) {
		return free
	}
	return now
}

// waitsItsTurn keeps an approved document until its turn.
func (t *tx) waitsItsTurn(tr *takedown.Track, d *takedown.Document) error {
	if err := t.put(d); err != nil {
		return err
	}
	return t.log("dispatch.waits_its_turn", "contact_rate", []string{d.ID, tr.ID, tr.Contact})
}
