package casework

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// factEarlier is the chronology: every instrument that reached an addressee of
// the same pages, and for a flagger every notice about them that anybody got, so
// that nobody asks twice. Acts of police routes are marked: only T7 and T12 may
// name them (domain.md §8, secrecy).
func (p *planner) factEarlier(f *notice.Facts) error {
	tracks, err := all[takedown.Track](p.t)
	if err != nil {
		return err
	}
	replies, err := all[takedown.Reply](p.t)
	if err != nil {
		return err
	}
	for _, tr := range tracks {
		relayed := p.isRelayed(tr)
		if !relayed && (!p.sharesItems(tr) || (tr.ID != p.track.ID && p.track.Route != routeOrder && !p.isTowards(tr))) {
			continue
		}
		for _, r := range tr.Rungs {
			if r.Document == "" || r.Undelivered {
				continue
			}
			e, ok, err := p.earlier(tr, r, replies)
			if err != nil {
				return err
			}
			if ok && (!relayed || slices.Contains(toldFlagger, e.Instrument)) {
				f.Earlier = append(f.Earlier, e)
			}
		}
	}
	sort.SliceStable(f.Earlier, func(i, j int) bool { return f.Earlier[i].SentAt.Before(f.Earlier[j].SentAt) })
	return nil
}

// toldFlagger are the instruments that a flagger is told of: what we asked for
// ourselves.
var toldFlagger = []string{notice.T1, notice.T2, notice.T3, notice.T4}

// isRelayed reports whether a flagger is told of another track's notices: of one
// about the same pages to anybody, but for what stays quiet and what is in
// somebody else's name.
func (p *planner) isRelayed(tr *takedown.Track) bool {
	othersName := tr.Person != "" && tr.Person != p.track.Person
	return p.track.Route == routeFlagger && tr.ID != p.track.ID && p.sharesItems(tr) && !othersName && !slices.Contains(quietRoutes, tr.Route)
}

func (p *planner) sharesItems(tr *takedown.Track) bool {
	return slices.ContainsFunc(tr.Items, func(id string) bool { return slices.Contains(p.track.Items, id) })
}

// asked is the answer that a text asked for, as the text says it, whatever became of
// the clock since: by a day, or within hours of the sending.
func (p *planner) asked(d *takedown.Document, clock *takedown.Clock) (notice.Deadline, int, error) {
	due := notice.Deadline{On: clock.Due, Nature: clock.Nature}
	if told, ok := askedDay(d); ok {
		due.On = told
		return due, 0, nil
	}
	rule, err := p.t.s.Law.Clock(clock.Rule, clock.Start)
	if err != nil || rule.Unit != law.Hours || clock.Nature == string(law.Legal) {
		return due, 0, err
	}
	due.On = time.Time{}
	return due, rule.Length, nil
}

// earlier is one instrument that was delivered; false for one that was not.
func (p *planner) earlier(tr *takedown.Track, r takedown.Taken, replies []*takedown.Reply) (notice.Earlier, bool, error) {
	d, err := load[takedown.Document](p.t, r.Document)
	if err != nil || d.LastDispatch == "" {
		return notice.Earlier{}, false, err
	}
	n, err := load[takedown.Dispatch](p.t, d.LastDispatch)
	if err != nil {
		return notice.Earlier{}, false, err
	}
	if astray, err := p.t.astray(d, n); err != nil || astray {
		return notice.Earlier{}, false, err
	}
	if n.Status != takedown.DispatchSent && n.Status != takedown.DispatchFiled && n.Status != takedown.DispatchPosted && n.Status != takedown.DispatchHandedOver {
		return notice.Earlier{}, false, nil
	}
	contact, err := p.t.contact(tr.Contact)
	if err != nil {
		return notice.Earlier{}, false, err
	}
	e := notice.Earlier{
		Instrument: d.Instrument, Reference: d.Reference, Addressee: contact.LegalName, Channel: d.Channel, Ticket: n.Ticket,
		SentAt: n.At, Ending: r.Ending, Police: d.Channel == "police", ToProvider: p.track.Provider != "" && tr.Contact == p.track.Provider,
		Claims: d.Claims, Names: d.Names,
	}
	if r.Clock != "" {
		clock, err := load[takedown.Clock](p.t, r.Clock)
		if err != nil {
			return e, false, err
		}
		if e.Due, e.AskedHours, err = p.asked(d, clock); err != nil {
			return e, false, err
		}
	}
	if e.Items, err = p.numbersOf(tr.Items); err != nil {
		return e, false, err
	}
	for _, reply := range replies {
		if quotable(reply, d.ID) {
			line := quoted(reply)
			if line.Removes, err = p.numbersOf(reply.Items); err != nil {
				return e, false, err
			}
			e.Replies = append(e.Replies, line)
		}
	}
	return e, true, nil
}

// numbersOf are the numbers of items.
func (p *planner) numbersOf(items []string) ([]int, error) {
	list, err := p.t.itemsOf(items)
	var out []int
	for _, it := range list {
		out = append(out, it.No)
	}
	return out, err
}

// removedBy reports whether an item is not there any more by a decision: one that
// it named, or, of a decision that named none, one that went after it and not by
// the poster.
func removedBy(it *takedown.Item, decision notice.Reply) bool {
	if it.Status != takedown.ItemGone && it.Status != takedown.ItemClaimed || it.Outcome != nil && it.Outcome.Code == authorRemoved {
		return false
	}
	if len(decision.Removes) > 0 {
		return slices.Contains(decision.Removes, it.No)
	}
	went := it.ClaimedAt
	if it.Outcome != nil {
		went = it.Outcome.At
	}
	return !went.Before(decision.At)
}

// authorRemoved is the outcome of what the poster took away.
const authorRemoved = "author_removed"

// factDecision is the decision that a complaint (art. 20 DSA) is about: the
// track's last one, with the window of C6.
func (p *planner) factDecision(f *notice.Facts) error {
	var last *notice.Earlier
	for i := range f.Earlier {
		for _, r := range f.Earlier[i].Replies {
			if r.Kind == "decision" {
				last = &f.Earlier[i]
			}
		}
	}
	if last == nil {
		return nil
	}
	reply := last.Replies[len(last.Replies)-1]
	for _, r := range last.Replies {
		if r.Kind == "decision" {
			reply = r
		}
	}
	open, err := p.windowOpen("C6")
	if err != nil {
		return err
	}
	ticket := reply.Ticket
	if ticket == "" {
		ticket = last.Ticket
	}
	f.Decision = &notice.Decision{
		Code: reply.Decision, Reason: reply.Reason, InformedAt: reply.At, Ticket: ticket, NoticeRef: last.Reference, NoticeAt: last.SentAt,
		WindowOpen: open && slices.Contains(p.facts, "online_platform"),
	}
	for _, it := range p.items {
		if removedBy(it, reply) {
			f.Decision.RemovedNos = append(f.Decision.RemovedNos, it.No)
		}
	}
	f.ComplaintGrounds = []string{"visible"}
	if reply.Decision == "partly" && len(f.Decision.RemovedNos) > 0 {
		f.ComplaintGrounds = []string{"partial", "visible"}
	}
	return nil
}

func (p *planner) windowOpen(rule string) (bool, error) {
	clocks, err := all[takedown.Clock](p.t)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(clocks, func(c *takedown.Clock) bool {
		return c.Track == p.track.ID && c.Rule == rule && c.Status == takedown.ClockRunning && !p.t.now.After(c.Due)
	}), nil
}

// factDossier adds what only goes to the police.
func (p *planner) factDossier(f *notice.Facts) error {
	if err := p.factProvider(f); err != nil {
		return err
	}
	f.Reports, f.DeathThreat = nil, p.c.Flags.DeathThreat
	reports := p.factReports
	if p.track.Route == "police_report" {
		reports = p.factReport
	}
	for _, step := range []func(*notice.Facts) error{reports, p.factEvidence, p.factKlachten, p.factSecrecy, p.factAnnex} {
		if err := step(f); err != nil {
			return err
		}
	}
	if err := p.factOrder(f); err != nil {
		return err
	}
	f.LearnedAt = p.c.ReportedAt
	p.factSeenBy(f)
	return nil
}

// factSeenBy says of each item how its first sighting is known, where somebody
// said so.
func (p *planner) factSeenBy(f *notice.Facts) {
	for n := range f.Items {
		for _, it := range p.items {
			if it.No == f.Items[n].No {
				f.Items[n].FirstSeenBy = it.FirstSeenBy
			}
		}
	}
}

// factStopTalk asks the police for a stop talk if that was decided (S1-11);
// the last decision counts.
func (p *planner) factStopTalk(f *notice.Facts) error {
	wanted, err := p.t.decidedYes("police_stop_talk")
	if wanted {
		f.Requests = append(f.Requests, "stop_talk")
	}
	return err
}

func (p *planner) factReports(f *notice.Facts) error {
	reports, err := p.wantedReports()
	if err != nil {
		return err
	}
	for _, r := range reports {
		line, err := p.factReportLine(r)
		if err != nil {
			return err
		}
		f.Reports = append(f.Reports, line)
	}
	return nil
}

// wantedReports are the reports without those that nobody makes.
func (p *planner) wantedReports() ([]*takedown.PoliceReport, error) {
	reports, err := all[takedown.PoliceReport](p.t)
	return slices.DeleteFunc(reports, func(r *takedown.PoliceReport) bool { return !r.NotWanted.Empty() }), err
}

func (p *planner) factReportLine(r *takedown.PoliceReport) (notice.Report, error) {
	report := notice.Report{
		Kind: r.Kind, By: r.By, FiledAt: r.FiledAt, Unit: r.Unit, Registration: cmp.Or(r.Registration, r.PVNumber), VPTRequested: r.VPTRequested,
		Domicile: r.Domicile, Witness: r.Witness != "",
	}
	if r.UnderNumber.Requested {
		report.UnderNumber = r.UnderNumber.For
	}
	marks, err := p.marks()
	report.Mark = marks[r.Person]
	return report, err
}

func (p *planner) factEvidence(f *notice.Facts) error {
	evidence, numbers, err := p.evidenceNumbers()
	if err != nil {
		return err
	}
	marks, err := p.marks()
	if err != nil {
		return err
	}
	for _, e := range evidence {
		line := notice.Evidence{No: numbers[e.ID], SHA256: e.SHA256, MediaType: e.MediaType, CapturedAt: e.CapturedAt, Tool: e.Tool, Original: e.Original, By: e.CapturedBy}
		if m, ok := marks[e.CapturedBy]; ok {
			line.By = m
		}
		if line.Items, err = p.numbersOf(e.Items); err != nil {
			return err
		}
		f.Evidence = append(f.Evidence, line)
	}
	return nil
}

func (p *planner) factSecrecy(f *notice.Facts) error {
	var err error
	f.SecrecyDecided, err = p.t.decidedYes("professional_secrecy")
	return err
}

// referenceFor is our reference of a document: random, without a trace of the
// case in it.
func referenceFor(now time.Time, random string) string {
	return "TD-" + strconv.Itoa(now.Year()) + "-" + random
}
