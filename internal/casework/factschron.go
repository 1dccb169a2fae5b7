package casework

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// factEarlier is the chronology: every instrument that reached an addressee of
// the same pages. Acts of police routes are marked: only T7 and T12 may name
// them (domain.md §8, secrecy).
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
		if !p.sharesItems(tr) || (tr.ID != p.track.ID && p.track.Route != routeOrder && !p.isTowards(tr)) {
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
			if ok {
				f.Earlier = append(f.Earlier, e)
			}
		}
	}
	sort.SliceStable(f.Earlier, func(i, j int) bool { return f.Earlier[i].SentAt.Before(f.Earlier[j].SentAt) })
	return nil
}

func (p *planner) sharesItems(tr *takedown.Track) bool {
	return slices.ContainsFunc(tr.Items, func(id string) bool { return slices.Contains(p.track.Items, id) })
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
		e.Due = notice.Deadline{On: clock.Due, Nature: clock.Nature}
	}
	for _, id := range tr.Items {
		it, err := load[takedown.Item](p.t, id)
		if err != nil {
			return e, false, err
		}
		e.Items = append(e.Items, it.No)
	}
	for _, reply := range replies {
		if quotable(reply, d.ID) {
			e.Replies = append(e.Replies, quoted(reply))
		}
	}
	return e, true, nil
}

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
		if it.Status == takedown.ItemGone || it.Status == takedown.ItemClaimed {
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
	f.LearnedAt = p.c.DiscoveredAt
	return nil
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
	reports, err := all[takedown.PoliceReport](p.t)
	if err != nil {
		return err
	}
	for _, r := range reports {
		if !r.NotWanted.Empty() {
			continue // nobody reports it
		}
		line, err := p.factReportLine(r)
		if err != nil {
			return err
		}
		f.Reports = append(f.Reports, line)
	}
	return nil
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
		for _, id := range e.Items {
			it, err := load[takedown.Item](p.t, id)
			if err != nil {
				return err
			}
			line.Items = append(line.Items, it.No)
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

// factAnnex opens the names for the sealed annex of what goes to the police,
// and for nothing else.
func (p *planner) factAnnex(f *notice.Facts) error {
	people, err := p.helped()
	if err != nil {
		return err
	}
	var secrets caseSecrets
	if err := p.t.open(p.c, "secrets", p.c.Secrets, &secrets); err != nil {
		return err
	}
	minor, err := p.t.s.Law.SuspectedMinor(p.t.now)
	if err != nil {
		return err
	}
	f.Sealed = &notice.SealedAnnex{Suspects: suspectLines(f.Language, secrets.Suspects, minor.Title)}
	for n, person := range people {
		var secret personSecrets
		if err := p.t.open(person, "secrets", person.Secrets, &secret); err != nil {
			return err
		}
		f.Sealed.Persons = append(f.Sealed.Persons, notice.SealedPerson{
			Mark: personMark(n), Name: secret.Private.Name, Domicile: p.domicile(f.Language, f.Reports),
			UnderNumber: slices.ContainsFunc(f.Reports, func(r notice.Report) bool { return r.UnderNumber == "affected" }),
		})
	}
	return nil
}

// The words of the sealed annexes that are put together here.
var (
	ofAccounts = law.Text{NL: "Accounts", EN: "Accounts"}
	ofNumbers  = law.Text{NL: "Accountnummers", EN: "Account numbers"}
	ofIdentity = law.Text{NL: "Identiteit", EN: "Identity"}
	ofIntake   = law.Text{NL: ". Bron: opgave bij de melding aan ons.", EN: ". Source: what was told when it was reported to us."}
	ofLater    = law.Text{NL: ". Bron: na de melding aan ons opgegeven.", EN: ". Source: what was told to us after the report."}
	ofDomicile = law.Text{NL: "gekozen domicilie zoals opgegeven bij de aangifte ", EN: "address for service as given with the report "}
)

// suspectLines is what annex B says of suspects: what was told at intake or
// later, with that as its source. That somebody is a colleague says how they know each
// other: it is left out.
func suspectLines(language string, suspects []suspect, minor law.Text) []string {
	var out []string
	for _, s := range suspects {
		var parts []string
		for _, part := range []struct {
			what   law.Text
			values []string
		}{{ofAccounts, s.Handles}, {ofNumbers, s.AccountIDs}, {ofIdentity, idsOf(s.KnownIdentity)}} {
			if len(part.values) > 0 {
				parts = append(parts, in(language, part.what)+": "+strings.Join(part.values, ", "))
			}
		}
		if len(parts) == 0 {
			continue
		}
		source := ofIntake
		if !s.AddedAt.IsZero() {
			source = ofLater
		}
		line := strings.Join(parts, "; ") + in(language, source)
		if s.Minor {
			line += " " + strings.ToUpper(in(language, minor)[:1]) + in(language, minor)[1:] + "."
		}
		out = append(out, line)
	}
	return out
}

// domicile is where the person can be reached for the case: at the
// organisation, so that the home address stays out even here. Where the report
// chose a lawyer or another address, the police have it from the report.
func (p *planner) domicile(language string, reports []notice.Report) string {
	for _, r := range reports {
		if r.Domicile != "" && r.Domicile != "employer" {
			return in(language, ofDomicile) + r.Registration
		}
	}
	return p.settings.Organisation.Name + ", " + p.settings.Organisation.PostalAddress
}

// referenceFor is our reference of a document: random, without a trace of the
// case in it.
func referenceFor(now time.Time, random string) string {
	return "TD-" + strconv.Itoa(now.Year()) + "-" + random
}
