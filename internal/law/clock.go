package law

import (
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/takedown"
)

// ClockRule is one version of a clock: who it runs against, when it starts,
// how long it is and how it is counted (domain.md §3.5).
//
// AppliesFrom is the day from which the law behind the clock applies, where
// that is later than ValidFrom: a count from an earlier start is arithmetic
// only, and says so.
type ClockRule struct {
	Record
	Title       Text   `json:"title"`
	Nature      Nature `json:"nature"`
	Against     string `json:"against"`    // "addressee" or "us"
	StartEvent  string `json:"startEvent"` // id of an event, see Event
	StartNote   Text   `json:"startNote,omitzero"`
	Proof       string `json:"proof"` // "assumed": from dispatch or filing; "proven": proven receipt only; "recorded"
	Unit        Unit   `json:"unit"`
	Length      int    `json:"length,omitempty"` // 0 with Given
	Urgent      *int   `json:"urgent,omitempty"` // length when life or safety is at stake
	Counting    string `json:"counting"`         // "hours","plain","working","1182/71","ATW","klacht","early"
	Calendar    string `json:"calendar"`         // "NL" or "addressee"
	AppliesFrom string `json:"appliesFrom,omitempty"`
	Article     string `json:"article,omitempty"` // the duty or right behind it
	OwnTerm     bool   `json:"ownTerm,omitempty"` // the addressee's published term replaces the length (self-set)
	RunsOut     bool   `json:"runsOut,omitempty"` // nobody ends it: it ends with its time
	Fatal       bool   `json:"fatal,omitempty"`
	// Extendable says how a clock may be lengthened: "" never, "free" (policy
	// and self-set; a pause is such an extension), "notice_in_first_period" (C10),
	// "total" (C8, C13, C14).
	Extendable string `json:"extendable,omitempty"`
	Extension  *Term  `json:"extension,omitempty"` // the longest extension
	NotBefore  int    `json:"notBefore,omitempty"` // hours: earliest moment of a window (C16)
	WarnDays   []int  `json:"warnDays,omitempty"`  // days after the start at which to warn (C12)
	// WithdrawDays is for how many calendar days after the act was done in time
	// it can be taken back (C12, art. 67 Sr); 0: the data do not say.
	WithdrawDays int  `json:"withdrawDays,omitempty"`
	Basis        Text `json:"basis"`            // what the length rests on, a sentence
	Choice       bool `json:"choice,omitempty"` // the length is ours, not law's
	For          *Use `json:"for,omitempty"`    // where a rung has a choice of clocks; without it: for all else
	// Why is the reason for what the counting does with idle days ("working"),
	// the last day ("early") or a last day that does not move ("klacht").
	Why *calendar.Basis `json:"why,omitempty"`
	// Frame is what the way of counting rests on where that is not Regulation
	// 1182/71: periods of Dutch law.
	Frame *calendar.Basis `json:"frame,omitempty"`
}

// Binding says that the clock is a legal one against us: nobody here moves its
// end, and a count after a calendar change only brings it nearer (api.md).
func (rule ClockRule) Binding() bool { return rule.Nature == Legal && rule.Against == us }

// Use says which items a clock is for, of a rung's choice of clocks: where life
// or safety is at stake, or where the data are of one of these categories.
type Use struct {
	LifeOrSafety   bool     `json:"lifeOrSafety,omitempty"`
	DataCategories []string `json:"dataCategories,omitempty"`
}

// fits says whether a clock with this use is the one.
func (u *Use) fits(categories []string, lifeOrSafety bool) bool {
	return u == nil || (u.LifeOrSafety && lifeOrSafety) ||
		slices.ContainsFunc(categories, func(c string) bool { return slices.Contains(u.DataCategories, c) })
}

// ChooseClock picks the clock for an addressee's decision: the first of a
// rung's choice that fits the items' data categories and what is at stake (C2,
// C3, else C4). NotFound if one is unknown on that day or none fits.
func (d *Data) ChooseClock(choice, categories []string, lifeOrSafety bool, on time.Time) (string, error) {
	for _, id := range choice {
		c, err := d.Clock(id, on)
		if err != nil {
			return "", err
		}
		if c.For.fits(categories, lifeOrSafety) {
			return id, nil
		}
	}
	return "", takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "no clock of %v fits", choice)
}

// Clock gives a clock rule on the day of its start.
func (d *Data) Clock(id string, on time.Time) (ClockRule, error) {
	return find(d.clocks, "clock rule", id, on)
}

// CountInput is what a count needs besides its rule.
type CountInput struct {
	Start    time.Time         // the event, any zone
	OwnTerm  *Term             // the addressee's published term (C5)
	Length   *Term             // with rules whose length is given (C17)
	Calendar calendar.Calendar // the addressee's, where the rule uses it; "" is NL
	Country  string            // the addressee's, where no calendar of it is held: NL is used, and the count says so
	Event    string            // id of the start event where it is known better than by the rule: "mailed", "filed"
	// LifeOrSafety takes the rule's urgent length (C19: at once).
	LifeOrSafety bool
	// Extended counts with the rule's longest extension (C8, C10, C13, C14).
	Extended bool
	// Extra are days added to the calendars since the library's release; those
	// of the calendar that the rule is counted on are taken.
	Extra map[calendar.Calendar][]calendar.Holiday
}

// Reckoning is a counted clock: the date, how it was reached, and what it is.
type Reckoning struct {
	calendar.Count
	Nature      Nature   `json:"nature"`
	RuleVersion string   `json:"ruleVersion"`
	Term        Term     `json:"term"`                // what was counted
	NotBefore   string   `json:"notBefore,omitempty"` // RFC 3339, with a window
	Warnings    []string `json:"warnings,omitempty"`  // days (YYYY-MM-DD) on which to warn
	// Assumed says that the addressee's receipt at the start is assumed, not
	// proven: no text may call the clock overdue by law.
	Assumed bool `json:"assumed,omitempty"`
	// Premature says that the law behind the clock did not apply yet at the
	// start: the date is arithmetic only, and nothing may rest on it.
	Premature bool `json:"premature,omitempty"`
}
