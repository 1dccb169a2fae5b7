package casework

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// factAnnex opens the names and the addresses for service for the sealed annex of
// what goes to the police, and for nothing else.
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
	reports, err := p.annexReports()
	if err != nil {
		return err
	}
	f.Sealed = &notice.SealedAnnex{Suspects: suspectLines(f.Language, secrets.Suspects, minor.Title)}
	for n, person := range people {
		var secret personSecrets
		if err := p.t.open(person, "secrets", person.Secrets, &secret); err != nil {
			return err
		}
		r := reportOf(reports, person.ID)
		address, err := p.domicile(f.Language, r)
		if err != nil {
			return err
		}
		mark := personMark(n)
		f.Persons[n].Domicile = r.Domicile
		f.Sealed.Persons = append(f.Sealed.Persons, notice.SealedPerson{
			Mark: mark, Name: secret.Private.Name, Domicile: address,
			UnderNumber: slices.ContainsFunc(f.Reports, func(r notice.Report) bool {
				return r.UnderNumber == "affected" && (r.Mark == "" || r.Mark == mark)
			}),
		})
	}
	return nil
}

// annexReports are the reports that a document for the police is about: the one to
// make, or all that anybody makes.
func (p *planner) annexReports() ([]*takedown.PoliceReport, error) {
	if p.track.Route != "police_report" {
		return p.wantedReports()
	}
	said, err := p.said()
	if err != nil {
		return nil, err
	}
	r, err := p.theReport(said.Report.Report)
	if r == nil || err != nil {
		return nil, err
	}
	return []*takedown.PoliceReport{r}, nil
}

// reportOf is the report that says where a person can be reached: their own, else
// one that the organisation makes for all; of several the one filed last, one that
// is still to be made before none. Never nil: without one the address for service
// is the organisation's.
func reportOf(reports []*takedown.PoliceReport, person string) *takedown.PoliceReport {
	for _, of := range []string{person, ""} {
		var last *takedown.PoliceReport
		for _, r := range reports {
			if r.Person == of && (last == nil || !r.FiledAt.Before(last.FiledAt)) {
				last = r
			}
		}
		if last != nil {
			return last
		}
	}
	return &takedown.PoliceReport{Domicile: domicileHere}
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
// other: it is left out. That a suspect may be a minor is told of one of whom
// nothing else is known, too.
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
		source := ofIntake
		if !s.AddedAt.IsZero() {
			source = ofLater
		}
		young := strings.ToUpper(in(language, minor)[:1]) + in(language, minor)[1:]
		line := strings.Join(parts, "; ") + in(language, source)
		switch {
		case len(parts) == 0 && !s.Minor:
			continue
		case len(parts) == 0:
			line = young + line
		case s.Minor:
			line += " " + young + "."
		}
		out = append(out, line)
	}
	return out
}

// domicileHere is the address for service at the organisation.
const domicileHere = "employer"

// domicile is where a person can be reached for the case: at the organisation, so
// that the home address stays out even here, or at the address that their report
// chose. A report without one on record has it at the police, under its number;
// without that either it is not known, and a finding.
func (p *planner) domicile(language string, r *takedown.PoliceReport) (string, error) {
	if r.Domicile == "" || r.Domicile == domicileHere {
		return p.settings.Organisation.Name + ", " + p.settings.Organisation.PostalAddress, nil
	}
	address, err := p.t.domicileAddress(r)
	if err != nil || address != "" {
		return address, err
	}
	if number := cmp.Or(r.Registration, r.PVNumber); number != "" {
		return in(language, ofDomicile) + number, nil
	}
	return "", nil
}

// domicileAddress opens the address for service that a report chose; empty where
// it is the organisation's, or on no record.
func (t *tx) domicileAddress(r *takedown.PoliceReport) (string, error) {
	var out string
	err := t.open(r, "domicileAddress", r.DomicileAddress, &out)
	return out, err
}

// sealedDomiciles are the addresses for service of the case's reports, for the
// guard: they stand in annex A and nowhere else. Only a case with the police in it
// has any.
func (t *tx) sealedDomiciles(c *takedown.Case) ([]notice.Sensitive, error) {
	if !c.Police {
		return nil, nil
	}
	reports, err := all[takedown.PoliceReport](t)
	if err != nil {
		return nil, err
	}
	var out []notice.Sensitive
	for _, r := range reports {
		address, err := t.domicileAddress(r)
		if err != nil {
			return nil, err
		}
		if address != "" {
			out = append(out, notice.Sensitive{Field: "domicile", Values: []string{address}})
		}
	}
	return out, nil
}
