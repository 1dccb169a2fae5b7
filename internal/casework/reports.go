package casework

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// Statuses of a report.
const (
	reportReceived   = "received"   // a coordinator's move
	reportCase       = "case"       // nobody's move: it became a case
	reportRegistered = "registered" // nobody's move: closed without a case
)

// ReportInput is the body of POST /v1/reports: low-threshold, no item needed.
// All of it is sealed.
type ReportInput struct {
	Who        string `json:"who,omitempty" maxLength:"500" doc:"Who is affected, or who reports. Sealed."`
	What       string `json:"what" maxLength:"4000" doc:"What happened. Sealed."`
	When       string `json:"when,omitempty" maxLength:"200" doc:"When, in one's own words. Sealed."`
	HowToReach string `json:"howToReach" maxLength:"500" doc:"How to reach who reports. Sealed."`
}

// ReportClosureInput is the body of POST /v1/reports/{report}/closure.
type ReportClosureInput struct {
	Reason string `json:"reason" minLength:"3" maxLength:"60" doc:"A code of the list."`
}

// ReportView is a report's receipt. Content stands there for coordinators only.
type ReportView struct {
	ID         string       `json:"id"`
	ReceivedAt time.Time    `json:"receivedAt"`
	Status     string       `json:"status" enum:"received,case,registered"`
	Case       string       `json:"caseId,omitempty"`
	By         string       `json:"by,omitempty"`
	Content    *ReportInput `json:"content,omitempty"`
	Version    int64        `json:"version"`
}

// ReportPage is one page of reports, the oldest first.
type ReportPage struct {
	Items []ReportView `json:"items"`
	Next  string       `json:"next,omitempty"`
}

// CreateReport takes a report in, seals it under a key of its own and tells
// the coordinators. Roles: anyone with a role.
func (s *Service) CreateReport(ctx context.Context, who takedown.Principal, in ReportInput) (ReportView, error) {
	var out ReportView
	if err := need(who, takedown.Roles()...); err != nil {
		return out, err
	}
	if err := refuseAll(checkReport(in)); err != nil {
		return out, err
	}
	id, err := s.newID(KindReport)
	if err != nil {
		return out, err
	}
	key, err := s.Keys.NewCaseKey(ctx, id)
	if err != nil {
		return out, err
	}
	now, err := s.now(ctx)
	if err != nil {
		return out, err
	}
	err = s.write(ctx, who, who.As(takedown.Roles()...), orgStream(now), func(t *tx) error {
		r := &takedown.Report{Meta: takedown.Meta{ID: id}, By: who.ID, At: t.now, Status: reportReceived, Key: key}
		if err := t.openReport(r); err != nil {
			return err
		}
		if r.Secrets, err = t.seal(r, "secrets", in); err != nil {
			return err
		}
		if err := t.put(r); err != nil {
			return err
		}
		task := takedown.Task{
			Meta: takedown.Meta{ID: reportTask(id)}, Kind: taskNewReport, Owner: takedown.Coordinator,
			Reason: "new_report", Subject: id, Urgent: true,
		}
		if err := t.openTask(task); err != nil {
			return err
		}
		out = ReportView{ID: id, ReceivedAt: r.At, Status: r.Status, Version: 1}
		t.done(201, id)
		return t.log("report.received", "", []string{id})
	})
	return out, err
}

func checkReport(in ReportInput) []takedown.FieldError {
	var b bad
	if strings.TrimSpace(in.What) == "" {
		b.add("/what", "say what happened")
	}
	if strings.TrimSpace(in.HowToReach) == "" {
		b.add("/howToReach", "say how to reach you")
	}
	b.atMost("/who", in.Who, 500)
	b.atMost("/what", in.What, 4000)
	b.atMost("/when", in.When, 200)
	b.atMost("/howToReach", in.HowToReach, 500)
	return b.fields
}

// reportTask is the id of the task that a report opens: it is found again
// whatever day's stream it stands in.
func reportTask(report string) string {
	return string(KindTask) + "_r" + strings.TrimPrefix(report, string(KindReport)+"_")
}

// openReport takes the report's own key for this tx.
func (t *tx) openReport(r *takedown.Report) error {
	if len(r.Key) == 0 {
		return state("the report's key was destroyed: what was sealed is erased")
	}
	var err error
	t.key, err = t.s.Keys.CaseKey(t.ctx, r.ID, r.Key)
	return err
}

// ListReports gives coordinators the reports of a status ("received" if left
// out) with their content, as an entry written first; everybody else the
// receipts of their own.
func (s *Service) ListReports(ctx context.Context, who takedown.Principal, status, cursor string, limit int) (ReportPage, error) {
	out := ReportPage{Items: []ReportView{}}
	if err := need(who, takedown.Roles()...); err != nil {
		return out, err
	}
	var b bad
	b.oneOf("/status", status, []string{"", reportReceived, reportCase, reportRegistered})
	if err := refuseAll(b.fields); err != nil {
		return out, err
	}
	coordinator := who.Has(takedown.Coordinator)
	q := Query{Index: indexReports, Partition: "by:" + who.ID, Cursor: cursor, Limit: min(pageSize(limit), MaxEntryIDs)}
	if coordinator {
		if q.Partition = status; status == "" {
			q.Partition = reportReceived
		}
	}
	var rs []*takedown.Report
	next, err := s.eachRecord(ctx, q, func(r Record) (bool, error) {
		rep, err := decode[takedown.Report](r)
		if err != nil || (status != "" && rep.Status != status) {
			return false, err
		}
		rs = append(rs, rep)
		out.Items = append(out.Items, s.viewReport(ctx, who, rep))
		return true, nil
	})
	out.Next = next
	if err != nil || !coordinator || len(rs) == 0 {
		return out, err
	}
	return out, s.readReports(ctx, who, rs, out.Items)
}

// readReports writes down who reads which reports, then opens them.
func (s *Service) readReports(ctx context.Context, who takedown.Principal, rs []*takedown.Report, views []ReportView) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for _, r := range rs {
		ids = append(ids, r.ID)
	}
	err = s.write(ctx, who, takedown.Coordinator, orgStream(now), func(t *tx) error {
		return t.log("reports.read", "", ids)
	})
	if err != nil {
		return err
	}
	for n, r := range rs {
		t := &tx{s: s, ctx: ctx}
		if err := t.openReport(r); err != nil {
			return err
		}
		views[n].By, views[n].Content = r.By, &ReportInput{}
		if err := t.open(r, "secrets", r.Secrets, views[n].Content); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) viewReport(ctx context.Context, who takedown.Principal, r *takedown.Report) ReportView {
	return ReportView{ID: r.ID, ReceivedAt: r.At, Status: r.Status, Case: s.visibleID(ctx, who, r.ToCase), Version: r.Version}
}

// CloseReport closes a report as registered: it becomes no case. Role:
// coordinator.
func (s *Service) CloseReport(ctx context.Context, who takedown.Principal, id string, in ReportClosureInput) error {
	if err := need(who, coordinatorOnly...); err != nil {
		return err
	}
	var b bad
	b.reasonCode("/reason", in.Reason)
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	return s.settleReport(ctx, who, id, func(t *tx, r *takedown.Report) error {
		if r.Status != reportReceived {
			return state("the report is closed already")
		}
		r.Status = reportRegistered
		t.done(200, id)
		return t.log("report.registered", in.Reason, []string{id})
	})
}

// settleReport changes a report and closes its task.
func (s *Service) settleReport(ctx context.Context, who takedown.Principal, id string, settle func(*tx, *takedown.Report) error) error {
	stream, err := s.streamOf(ctx, Key{KindReport, id})
	if err != nil {
		return err
	}
	return s.write(ctx, who, who.As(takedown.Coordinator, takedown.System), stream, func(t *tx) error {
		r, err := load[takedown.Report](t, id)
		if err != nil {
			return err
		}
		if err := settle(t, r); err != nil || len(t.change.Entries) == 0 {
			return err
		}
		if err := t.put(r); err != nil {
			return err
		}
		task, err := find[takedown.Task](t, reportTask(id))
		if err != nil || task == nil {
			return err
		}
		return t.closeTask(task)
	})
}

// reportLink says that a report became a case.
type reportLink struct {
	Report string `json:"report"`
	Case   string `json:"case"`
}

// linksReport checks the report that a new case comes from and asks for it to
// be closed: it stands in another stream. A case without one needs nothing.
func (t *tx) linksReport(c *takedown.Case) error {
	if c.Report == "" {
		return nil
	}
	if err := need(t.who, takedown.Coordinator); err != nil {
		return err
	}
	r, err := find[takedown.Report](t, c.Report)
	if err != nil {
		return err
	}
	if r == nil || r.Status != reportReceived {
		return refuse("/reportId", "is no report that waits for a case")
	}
	return t.outbox("link-report:"+r.ID+":"+c.ID, outboxLinkReport, reportLink{r.ID, c.ID})
}

// linkReport carries a reportLink out; idempotent. A report that meanwhile got
// another case keeps it.
func (s *Service) linkReport(ctx context.Context, payload []byte) error {
	var m reportLink
	if err := json.Unmarshal(payload, &m); err != nil {
		return err
	}
	return s.settleReport(ctx, takedown.TheSystem, m.Report, func(t *tx, r *takedown.Report) error {
		if r.Status != reportReceived {
			return nil
		}
		r.Status, r.ToCase = reportCase, m.Case
		return t.log("report.case", "", []string{r.ID, m.Case})
	})
}
