package casework

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// PoliceReportInput is the body of PUT …/police-reports/{report}.
type PoliceReportInput struct {
	Kind            string            `json:"kind" enum:"melding,aangifte"`
	By              string            `json:"by" enum:"employer,affected,both"`
	Person          string            `json:"person,omitempty" maxLength:"60"`
	Witness         string            `json:"witness,omitempty" maxLength:"60" doc:"The affected person who is the witness, by id."`
	Offences        []string          `json:"offences" maxItems:"20"`
	FiledAt         time.Time         `json:"filedAt,omitzero"`
	Unit            string            `json:"unit,omitempty" maxLength:"200"`
	Appointment     time.Time         `json:"appointment,omitzero"`
	Registration    string            `json:"registrationNumber,omitempty" maxLength:"60"`
	PVNumber        string            `json:"pvNumber,omitempty" maxLength:"60"`
	CopyReceived    bool              `json:"copyReceived,omitempty"`
	VPTRequested    bool              `json:"vptRequested,omitempty"`
	VPTConfirmed    bool              `json:"vptConfirmed,omitempty"`
	ELAContact      string            `json:"elaContact,omitempty" maxLength:"200" doc:"Function and unit, no name."`
	Domicile        string            `json:"domicile,omitempty" enum:"employer,lawyer,other" doc:"employer if left out: never the home address."`
	DomicileAddress string            `json:"domicileAddress,omitempty" maxLength:"300" doc:"Where domicile is lawyer or other: who and where, on one line; never the home address. Sealed: it stands in annex A of what goes to the police and nowhere else. Left out, the one on record stays."`
	UnderNumber     *UnderNumberInput `json:"underNumber,omitempty"`
	NotWanted       *NotWantedInput   `json:"notWanted,omitempty"`
	Support         bool              `json:"victimSupport,omitempty" doc:"Victim support, which gets an aangifte by itself, joined: nobody is asked twice."`
}

// UnderNumberInput is the wish to report under a number, and for whom.
type UnderNumberInput struct {
	For       string `json:"for" maxLength:"60" doc:"A code: affected, colleague, witness …"`
	Requested bool   `json:"requested,omitempty"`
	Granted   bool   `json:"granted,omitempty"`
}

// NotWantedInput says why no report is wanted, and when to ask again.
type NotWantedInput struct {
	Reason    string    `json:"reason" maxLength:"1000" doc:"Sealed."`
	RevisitAt time.Time `json:"revisitAt,omitzero"`
}

// PoliceReportView is a melding or aangifte; why none is wanted is masked. ID
// is what a task is completed with.
type PoliceReportView struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	PoliceReportInput
	ReasonSealed   bool      `json:"notWantedSealed,omitempty"`
	DomicileSealed bool      `json:"domicileAddressSealed,omitempty"`
	RevisitAt      time.Time `json:"revisitAt,omitzero"`
}

var reportID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^report_[a-z0-9-]{3,40}$`) })

func policeReportID(caseID, report string) string {
	return "police_" + strings.TrimPrefix(caseID, "case_") + "_" + strings.TrimPrefix(report, "report_")
}

// PutPoliceReport records a melding or aangifte. One with a number may close
// the task that a death threat opened. Roles: coordinator, liaison.
func (s *Service) PutPoliceReport(ctx context.Context, who takedown.Principal, caseID, report string, in PoliceReportInput, version int64) (PoliceReportView, error) {
	var out PoliceReportView
	err := s.inCase(ctx, who, caseID, policeRoles, func(t *tx, c *takedown.Case) error {
		id := policeReportID(caseID, report)
		r, err := find[takedown.PoliceReport](t, id)
		if err != nil {
			return err
		}
		if err := t.checkPoliceReport(c, r, report, in); err != nil {
			return err
		}
		if r == nil {
			r = &takedown.PoliceReport{Meta: takedown.Meta{ID: id, Case: caseID}}
		}
		if err := sameVersion(r.Version, version); err != nil {
			return err
		}
		if err := t.applyPoliceReport(c, r, in); err != nil {
			return err
		}
		out = viewPoliceReport(r)
		out.Version = r.Version + 1
		return t.touch()
	})
	return out, err
}

func (t *tx) checkPoliceReport(c *takedown.Case, have *takedown.PoliceReport, report string, in PoliceReportInput) error {
	var b bad
	if !reportID().MatchString(report) {
		b.add("/report", "an id is report_ and 3 to 40 of a-z, 0-9, -")
	}
	b.oneOf("/kind", in.Kind, []string{"melding", "aangifte"})
	b.oneOf("/by", in.By, []string{"employer", "affected", "both"})
	checkDomicile(&b, have, in)
	if len(in.Offences) == 0 && in.NotWanted == nil {
		b.add("/offences", "name at least one offence")
	}
	b.distinct("/offences", in.Offences, 20)
	acts, err := t.actsOf(c)
	if err != nil {
		return err
	}
	for n, o := range in.Offences {
		if _, _, err := t.asksMost(o, acts); err != nil {
			b.add(fmt.Sprintf("/offences/%d", n), "is no offence of the law data on the day of the act")
		}
	}
	checkFiled(&b, in, t.now)
	if err := t.afterTheAct(&b, c, "/filedAt", in.FiledAt); err != nil {
		return err
	}
	for _, f := range []struct{ pointer, value string }{
		{"/registrationNumber", in.Registration}, {"/pvNumber", in.PVNumber},
	} {
		b.atMost(f.pointer, f.value, 60)
	}
	b.atMost("/unit", in.Unit, 200)
	b.atMost("/elaContact", in.ELAContact, 200)
	if u := in.UnderNumber; u != nil {
		b.codes("/underNumber/for", []string{u.For})
		if u.Granted && !u.Requested {
			b.add("/underNumber/granted", "only what was asked for is granted")
		}
	}
	return t.checkReporters(&b, in)
}

// checkDomicile wants an address of a domicile that is not the organisation's own:
// the police find it in annex A. have is the report on record, nil for none.
func checkDomicile(b *bad, have *takedown.PoliceReport, in PoliceReportInput) {
	b.oneOf("/domicile", in.Domicile, []string{"", domicileHere, "lawyer", "other"})
	b.atMost("/domicileAddress", in.DomicileAddress, 300)
	elsewhere := in.Domicile != "" && in.Domicile != domicileHere
	given := strings.TrimSpace(in.DomicileAddress) != ""
	switch {
	case strings.ContainsAny(in.DomicileAddress, "\r\n"):
		b.add("/domicileAddress", "stands on one line")
	case given && !elsewhere:
		b.add("/domicileAddress", "goes with a domicile at a lawyer or elsewhere")
	case elsewhere && !given && !keepsDomicile(have, in):
		b.add("/domicileAddress", "say where the person can be reached for the case: annex A needs it; never the home address")
	}
}

// keepsDomicile reports whether a report has the address for service of the same
// kind on record already.
func keepsDomicile(have *takedown.PoliceReport, in PoliceReportInput) bool {
	return have != nil && have.Domicile == in.Domicile && !have.DomicileAddress.Empty()
}

// sealDomicile seals the address for service; one that was left out stays.
func (t *tx) sealDomicile(r *takedown.PoliceReport, in PoliceReportInput) error {
	address := strings.TrimSpace(in.DomicileAddress)
	if address == "" && keepsDomicile(r, in) {
		return nil
	}
	var err error
	r.DomicileAddress, err = t.sealText(r, "domicileAddress", address)
	return err
}

// checkFiled holds what was filed and what is not wanted apart.
func checkFiled(b *bad, in PoliceReportInput, now time.Time) {
	b.notFuture("/filedAt", in.FiledAt, now)
	if in.FiledAt.IsZero() && (in.Registration != "" || in.PVNumber != "" || in.CopyReceived) {
		b.add("/filedAt", "a report with a number or a copy was filed: say when")
	}
	if in.VPTConfirmed && !in.VPTRequested {
		b.add("/vptConfirmed", "the VPT code is confirmed after it was asked for")
	}
	n := in.NotWanted
	if n == nil {
		return
	}
	if !in.FiledAt.IsZero() {
		b.add("/notWanted", "the report was filed")
	}
	b.fields = append(b.fields, checkReason("/notWanted/reason", n.Reason)...)
	if !n.RevisitAt.IsZero() && n.RevisitAt.Before(now) {
		b.add("/notWanted/revisitAt", "lies in the past")
	}
}

func (t *tx) checkReporters(b *bad, in PoliceReportInput) error {
	if in.By != "employer" && in.Person == "" {
		b.add("/person", "say which affected person reports")
	}
	for _, f := range []struct{ pointer, id string }{{"/person", in.Person}, {"/witness", in.Witness}} {
		if f.id == "" {
			continue
		}
		p, err := find[takedown.Person](t, f.id)
		if err != nil {
			return err
		}
		if p == nil || p.Case != string(t.base.Stream) {
			b.add(f.pointer, "is no affected person of this case")
		}
	}
	return refuseAll(b.fields)
}

func (t *tx) applyPoliceReport(c *takedown.Case, r *takedown.PoliceReport, in PoliceReportInput) error {
	if err := t.sealDomicile(r, in); err != nil {
		return err
	}
	r.Kind, r.By, r.Person, r.Witness, r.Offences, r.FiledAt = in.Kind, in.By, in.Person, in.Witness, in.Offences, second(in.FiledAt)
	r.Unit, r.Appointment, r.Registration, r.PVNumber = in.Unit, second(in.Appointment), in.Registration, in.PVNumber
	r.CopyReceived, r.VPTRequested, r.VPTConfirmed, r.ELAContact, r.Domicile = in.CopyReceived, in.VPTRequested, in.VPTConfirmed, in.ELAContact, in.Domicile
	r.Support = in.Support
	if r.Domicile == "" {
		r.Domicile = domicileHere // domain.md §4.5: never the home address
	}
	r.UnderNumber, r.NotWanted, r.RevisitAt = takedown.UnderNumber{}, takedown.Sealed{}, time.Time{}
	if in.UnderNumber != nil {
		r.UnderNumber = takedown.UnderNumber(*in.UnderNumber)
	}
	if in.NotWanted != nil {
		var err error
		if r.NotWanted, err = t.sealText(r, "notWanted", in.NotWanted.Reason); err != nil {
			return err
		}
		r.RevisitAt = second(in.NotWanted.RevisitAt)
	}
	if answersReport(r) {
		if err := t.closeTasks(taskReport, c.ID); err != nil {
			return err
		}
	}
	if err := t.remind("revisit_report", takedown.Liaison, r.ID, r.RevisitAt); err != nil {
		return err
	}
	if err := t.put(r); err != nil {
		return err
	}
	c.Police = true
	if err := t.put(c); err != nil {
		return err
	}
	return t.log("police_report.recorded", in.Kind, []string{r.ID})
}

// askReport opens the question whether the suspected offence is reported
// (S4-8), unless that is answered already.
func (t *tx) askReport() error {
	reports, err := all[takedown.PoliceReport](t)
	if err != nil || slices.ContainsFunc(reports, answersReport) {
		return err
	}
	return t.openOnce(takedown.Task{Kind: taskReport, Owner: takedown.Coordinator, Reason: "offence_suspected", Subject: string(t.base.Stream)})
}

// answersReport says that a report was filed, or why none is: an appointment
// alone is no answer.
func answersReport(r *takedown.PoliceReport) bool { return !r.FiledAt.IsZero() || !r.NotWanted.Empty() }

func viewPoliceReport(r *takedown.PoliceReport) PoliceReportView {
	in := PoliceReportInput{
		Kind: r.Kind, By: r.By, Person: r.Person, Witness: r.Witness, Offences: r.Offences, FiledAt: r.FiledAt, Unit: r.Unit,
		Appointment: r.Appointment, Registration: r.Registration, PVNumber: r.PVNumber, CopyReceived: r.CopyReceived,
		VPTRequested: r.VPTRequested, VPTConfirmed: r.VPTConfirmed, ELAContact: r.ELAContact, Domicile: r.Domicile, Support: r.Support,
	}
	if r.UnderNumber != (takedown.UnderNumber{}) {
		u := UnderNumberInput(r.UnderNumber)
		in.UnderNumber = &u
	}
	return PoliceReportView{r.ID, r.Version, in, !r.NotWanted.Empty(), !r.DomicileAddress.Empty(), r.RevisitAt}
}

// GetPoliceReport gives a report, without the reason why one was not wanted.
// Roles: whoever may see the case.
func (s *Service) GetPoliceReport(ctx context.Context, who takedown.Principal, caseID, report string) (PoliceReportView, error) {
	var out PoliceReportView
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, _ *takedown.Case) error {
		r, err := load[takedown.PoliceReport](t, policeReportID(caseID, report))
		if err == nil {
			out = viewPoliceReport(r)
		}
		return err
	})
	return out, err
}
