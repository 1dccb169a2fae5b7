package law

import (
	"slices"
	"time"
)

// Ladder is the ordered instruments of a route.
type Ladder struct {
	Record
	Route string `json:"route"`
	Title Text   `json:"title"`
	Rungs []Rung `json:"rungs"`
}

// What a rung does.
const (
	ActDocument  = "document"   // draft, approve, send an instrument, await the answer
	ActOpenRoute = "open_route" // open another route for the same items
	ActTask      = "task"       // a person decides
)

// What a rung of ActTask asks of a person: the kinds of task that the program
// knows what to do with.
const (
	TaskFindChannel   = "find_channel"
	TaskConsiderArt53 = "consider_art53"
	TaskConsiderNext  = "consider_next_route"
	TaskAskPolice     = "ask_police"
)

// Rung is one step of a ladder; it is taken once.
type Rung struct {
	ID         string `json:"id"`                   // "platform.notice"
	Title      Text   `json:"title"`                //
	Instrument string `json:"instrument,omitempty"` // "T2"; "" if the rung is no document
	Action     string `json:"action"`               // ActDocument, ActOpenRoute, ActTask
	OpensRoute string `json:"opensRoute,omitempty"` // with ActOpenRoute
	TaskKind   string `json:"taskKind,omitempty"`   // with ActTask: TaskFindChannel and so on
	// After lists what leads here, as "RUNG:ENDING", or "start".
	After []string `json:"after"`
	// When lists facts that must all hold for this rung to be chosen; see Next.
	When []string `json:"when,omitempty"`
	// Clock is the response clock, started by the dispatch; empty with
	// ClockChoice, and for rungs that are no document.
	Clock       string   `json:"clock,omitempty"`
	ClockChoice []string `json:"clockChoice,omitempty"` // one of these, by ChooseClock
	Receipt     string   `json:"receipt,omitempty"`     // clock on the acknowledgement (C1), beside the response clock
	// Feedback is the clock that takes Clock's place once somebody said how it
	// stands, by what was said ("ordered"): our own patience with each.
	Feedback map[string]string `json:"feedback,omitempty"`
	// Window is the clock within which the rung must be taken (C6), started by
	// the decision that leads here.
	Window string `json:"window,omitempty"`
	// Follow is the clock after a decision in our favour that its maker cannot
	// enforce (art. 21(2) DSA): at its end the pages are looked at. Only rungs
	// that have one know such a decision.
	Follow  string   `json:"follow,omitempty"`
	Channel []string `json:"channel,omitempty"` // "mail","form","letter","police", in order of preference
	Needs   []string `json:"needs,omitempty"`   // gates; see Gates
	// UpperAgeDays is the age of what leads here past which a person must look
	// first; 0 is none.
	UpperAgeDays int  `json:"upperAgeDays,omitempty"`
	Mandatory    bool `json:"mandatory,omitempty"` // cannot be skipped or cancelled without a legal adviser
	Once         bool `json:"once"`
	// EndsAfter lists the endings after which the track ends here.
	EndsAfter    []string `json:"endsAfter"`
	Alternatives []string `json:"alternatives,omitempty"` // routes and instruments to name beside this one
	Note         string   `json:"note,omitempty"`
}

// The endings of a rung. Task and open_route rungs know only Done and
// Cancelled; documents know Cancelled only with NeedOffence.
const (
	EndDone      = "done"      // the aim is reached: content gone, route opened, task done
	EndSilence   = "silence"   // the clock ran out
	EndRefused   = "refused"   // a decision not to act
	EndPartly    = "partly"    // a decision to act on some items, or by half
	EndBounced   = "bounced"   // it never arrived
	EndNoEffect  = "no_effect" // said to be done, but the page still shows it
	EndUnknown   = "unknown"   // confidential: nothing may be said (orders)
	EndCancelled = "cancelled" // a task or opening given up with a reason; a document that the law does not open
)

// Start is the pseudo ending that leads to a ladder's first rung.
const Start = "start"

// Ladder gives a route's ladder on a day.
func (d *Data) Ladder(route string, on time.Time) (Ladder, error) {
	return find(d.ladders, "ladder", route, on)
}

// Rung finds a rung by id.
func (l Ladder) Rung(id string) (Rung, bool) {
	i := slices.IndexFunc(l.Rungs, func(r Rung) bool { return r.ID == id })
	if i < 0 {
		return Rung{}, false
	}
	return l.Rungs[i], true
}

// Next is the rung that an ending of a rung leads to, false if the ladder ends
// there. after is "" and ending Start (or "") at the beginning. facts name what
// holds (see Facts): of several rungs the first whose When all hold is taken.
func (l Ladder) Next(after, ending string, facts ...string) (Rung, bool) {
	edge := after + ":" + ending
	if after == "" {
		edge = Start
	}
	for _, r := range l.Rungs {
		if slices.Contains(r.After, edge) && holdAll(r.When, facts) {
			return r, true
		}
	}
	return Rung{}, false
}

func holdAll(when, facts []string) bool {
	for _, w := range when {
		if !slices.Contains(facts, w) {
			return false
		}
	}
	return true
}

// NeedOffence is the gate that no waiting opens: an offence within art. 67(1)
// Sv (art. 125p(1) Sv).
const NeedOffence = "eligible_offence"

// Endings lists the endings that a rung can have.
func (r Rung) Endings() []string {
	if r.Action != ActDocument {
		return []string{EndDone, EndCancelled}
	}
	out := []string{EndDone, EndSilence, EndRefused, EndPartly, EndBounced, EndNoEffect}
	if slices.Contains(r.Channel, "police") {
		out = append(out, EndUnknown)
	}
	if slices.Contains(r.Needs, NeedOffence) {
		out = append(out, EndCancelled) // the law does not open this route
	}
	return out
}
