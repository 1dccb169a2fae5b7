package casework

import (
	"fmt"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// checkParticulars wants the section of the route and no other, with codes that
// have words in the templates.
func (t *tx) checkParticulars(tr *takedown.Track, have *takedown.Particulars, in ParticularsInput) error {
	want, ok := sections[tr.Route]
	if !ok {
		return state("the instruments of route %s need no particulars", tr.Route)
	}
	var b bad
	given := map[string]bool{
		"supervision": in.Supervision != nil, "infringement": in.Infringement != nil,
		"summons": in.Summons != nil, "erasure": in.Erasure != nil, "order": in.Order != nil,
		"dispute": in.Dispute != nil, "relay": in.Relay != nil,
		"notice": in.Notice != nil, "freeze": in.Freeze != nil, "report": in.Report != nil,
	}
	for _, name := range []string{"supervision", "infringement", "summons", "erasure", "order", "dispute", "relay", "notice", "freeze", "report"} {
		switch {
		case name == want && !given[name]:
			b.add("/"+name, "is needed: it is the section of route %s", tr.Route)
		case name != want && given[name]:
			b.add("/"+name, "does not belong to route %s", tr.Route)
		}
	}
	b.supervision(in.Supervision)
	b.infringement(in.Infringement, t)
	b.summons(in.Summons)
	b.erasure(in.Erasure)
	b.freeze(in.Freeze, t)
	if err := t.checkNoticeWords(&b, tr, in.Notice); err != nil {
		return err
	}
	if err := t.checkReportWords(&b, in.Report); err != nil {
		return err
	}
	if in.Order != nil {
		if err := t.checkOrderRequest(&b, have, *in.Order); err != nil {
			return err
		}
	}
	contact, err := t.contact(tr.Contact)
	if err != nil {
		return err
	}
	b.dispute(in.Dispute, contact, t.now)
	b.relay(in.Relay, contact, t.now)
	return refuseAll(b.fields)
}

// checkOrderRequest holds what is said for a request for an order against the
// case: danger needs a case that is flagged for it, and how a service falls under
// art. 138g Sv is a legal adviser's to say (letters.md §6.2).
func (t *tx) checkOrderRequest(b *bad, have *takedown.Particulars, in takedown.OrderRequest) error {
	c, err := load[takedown.Case](t, string(t.base.Stream))
	if err != nil {
		return err
	}
	b.maybe("/order/filedTogether", in.FiledTogether, "urgent", "same_facts")
	b.maybe("/order/waitingIrresponsible", in.Waiting, "life_or_safety", "spread")
	if in.FiledTogether == "urgent" && !c.Flags.Urgent() {
		b.add("/order/filedTogether", "the case is not flagged as urgent")
	}
	if in.Waiting == "life_or_safety" && !c.Flags.Urgent() {
		b.add("/order/waitingIrresponsible", "the case is not flagged for life or safety")
	}
	b.line("/order/representative", in.Representative, 200)
	b.maybe("/order/service138g", in.Service138g, "stores", "communicates")
	before := ""
	if have != nil && have.Order != nil {
		before = have.Order.Service138g
	}
	if in.Service138g != before && !t.who.Has(takedown.LegalAdviser) {
		b.add("/order/service138g", "is a legal adviser's to say")
	}
	b.some("/order/volatile", in.Volatile, volatileData)
	b.maybe("/order/haste", in.Haste, hasteReasons...)
	b.some("/order/measures", in.Measures, []string{"other_place", "other_hours", "access", "phone"})
	return nil
}

// Which data may be lost, and why so soon (domain.md §8 T7, T8).
var (
	volatileData = []string{"content", "logs", "registration", "live_location"}
	hasteReasons = []string{"poster_deletes", "provider_deletes", "spread"}
)

// orNone are known codes, each once; none stands alone.
func (b *bad) orNone(pointer string, values, codes []string) {
	b.some(pointer, values, codes)
	if len(values) > 1 && slices.Contains(values, "none") {
		b.add(pointer, "none stands alone")
	}
}

// some wants known codes, each once.
func (b *bad) some(pointer string, values, codes []string) {
	for n, v := range values {
		at := fmt.Sprintf("%s/%d", pointer, n)
		b.oneOf(at, v, codes)
		if slices.Contains(values[:n], v) {
			b.add(at, "stands there twice")
		}
	}
}

// maybe is oneOf for what may still be open: a finding says what is missing.
func (b *bad) maybe(pointer, value string, codes ...string) {
	if value != "" {
		b.oneOf(pointer, value, codes)
	}
}

func (b *bad) supervision(in *takedown.Supervision) {
	if in == nil {
		return
	}
	b.maybe("/supervision/recipient", in.Recipient, "account_holder", "mandate")
	b.maybe("/supervision/located", in.Located, "established", "lives")
	b.maybe("/supervision/use", in.Use, "reads", "publishes")
	b.maybe("/supervision/designated", in.Designated, "yes", "no", "unknown")
	b.line("/supervision/representative", in.Representative, 200)
	b.some("/supervision/breaches", in.Breaches, []string{"contact_point", "mechanism", "receipt", "decision", "diligence", "complaint", "dispute", "flagger", "misuse"})
	b.orNone("/supervision/proceedings", in.Proceedings, []string{"none", "ap", "court", "ods", "police"})
}

func (b *bad) infringement(in *takedown.Infringement, t *tx) {
	if in == nil {
		return
	}
	b.notFuture("/infringement/receivedAt", in.ReceivedAt, t.now)
	b.maybe("/infringement/proof", in.Proof, "mail_receipt", "form_receipt", "letter_receipt", "answer")
	if in.Proof != "" && in.ReceivedAt.IsZero() {
		b.add("/infringement/receivedAt", "say which day it shows")
	}
	if in.Proof == "" && !in.ReceivedAt.IsZero() {
		b.add("/infringement/proof", "say what shows that day")
	}
	b.some("/infringement/breaches", in.Breaches, []string{"no_answer", "no_reasons", "not_erased", "no_remedies"})
}

func (b *bad) summons(in *takedown.Summons) {
	if in == nil {
		return
	}
	b.line("/summons/lawyer", in.Lawyer, 200)
	b.maybe("/summons/identity", in.Identity, "own_statement", "court", "public_profile")
	b.maybe("/summons/service", in.Service, "bailiff", "registered_letter", "mail")
	b.some("/summons/demands", in.Demands, []string{"remove", "no_repeat", "list_recipients"})
}

func (b *bad) erasure(in *takedown.Erasure) {
	if in == nil {
		return
	}
	b.maybe("/erasure/dataProtectionOfficer", string(in.Officer), "yes", "no", "unknown")
	b.line("/erasure/officerAddress", in.OfficerAddress, 200)
	if in.OfficerAddress != "" && in.Officer != "yes" {
		b.add("/erasure/officerAddress", "goes with a data protection officer: say yes")
	}
	b.some("/erasure/grounds", in.Grounds, []string{"unlawful", "not_needed", "objection"})
	b.some("/erasure/objection", in.Objection, []string{"safety", "family", "work"})
	b.some("/erasure/weighing", in.Weighing, []string{"no_debate", "readable_without"})
	if len(in.Objection) > 0 && !slices.Contains(in.Grounds, "objection") {
		b.add("/erasure/objection", "reasons need the ground objection")
	}
}

// disputeScope is what a body's certificate and rules must cover before a
// dispute is submitted to it (domain.md §1.8: eligibility is checked per body).
var disputeScope = []string{"platform", "language", "subject", "notifiers"}

func (b *bad) dispute(in *takedown.Dispute, body *takedown.Contact, now time.Time) {
	if in == nil {
		return
	}
	b.notFuture("/dispute/checkedAt", in.CheckedAt, now)
	if !in.CheckedAt.IsZero() && !body.Award.Holds(in.CheckedAt) {
		b.add("/dispute/checkedAt", "the register holds no certificate of the body on that day")
	}
	b.some("/dispute/scope", in.Scope, disputeScope)
	b.maybe("/dispute/engaged", in.Engaged, "yes", "no", "unknown")
	b.maybe("/dispute/fee", in.Fee, "free", "nominal")
	if (in.Fee == "nominal") != (in.FeeCents > 0) {
		b.add("/dispute/feeCents", "goes with a nominal fee, and such a fee has an amount")
	}
}

func (b *bad) relay(in *takedown.Relay, flagger *takedown.Contact, now time.Time) {
	if in == nil {
		return
	}
	if in.AwardCovers && !flagger.Award.Holds(now) {
		b.add("/relay/awardCovers", "the register holds no award of this contact today: without one nothing is claimed")
	}
	b.some("/relay/othersTold", in.OthersTold, []string{"flagger", "help_organisation", "victim_support", "police", "none"})
	if slices.Contains(in.OthersTold, "none") && len(in.OthersTold) > 1 {
		b.add("/relay/othersTold", "none stands alone")
	}
}
