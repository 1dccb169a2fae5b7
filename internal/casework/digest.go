package casework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// DigestInput is the input of send-digest, which a schedule calls.
type DigestInput struct {
	V int `json:"v"`
}

// DigestResult counts what became of digests in one call.
type DigestResult struct {
	Sent      int `json:"sent"`
	Quiet     int `json:"quiet"`               // there was nothing to say
	Delayed   int `json:"delayed,omitempty"`   // the mail server said later
	Uncertain int `json:"uncertain,omitempty"` // may have arrived; never sent again
	Failed    int `json:"failed,omitempty"`
}

// digestTime is what one mail may take: a call that has less time left leaves
// the rest to the next one. A mailer's own bound is 60 s.
const digestTime = 65 * time.Second

// SendDigest mails the day's digests whose hour has come. Handler of
// send-digest, the only one that mails the organisation's own people; on one
// machine the sweep calls it. Idempotent: one person's digest of one day is
// intended, sent once, recorded. A second call inside the lease does nothing;
// after it the digest is uncertain and stays so, for it is not worth a second
// mail. Only what the mail server put off is tried again, the same day.
func (s *Service) SendDigest(ctx context.Context, in DigestInput) (DigestResult, error) {
	var out DigestResult
	if err := served(in.V); err != nil {
		return out, err
	}
	set, due, err := s.digestsDue(ctx)
	if err != nil || set == nil {
		return out, err
	}
	day := due.Format(time.DateOnly)
	open, err := s.openDigests(ctx, day, set.Digest.People)
	if err != nil {
		return out, err
	}
	var errs error
	for _, p := range open {
		if until, ok := ctx.Deadline(); ok && until.Sub(s.HostNow()) < digestTime {
			break
		}
		status, err := s.sendDigest(ctx, day, p, due.AddDate(0, 0, -1))
		errs = errors.Join(errs, err)
		out.count(status)
		if ctx.Err() != nil || status == takedown.DigestDelayed || status == takedown.DigestUncertain {
			break // the mail server does not answer as it should: the others wait for the next call
		}
	}
	return out, errs
}

func (r *DigestResult) count(status takedown.DigestStatus) {
	switch status {
	case takedown.DigestSent, takedown.DigestRedirected:
		r.Sent++
	case takedown.DigestQuiet:
		r.Quiet++
	case takedown.DigestDelayed:
		r.Delayed++
	case takedown.DigestUncertain:
		r.Uncertain++
	case takedown.DigestFailed:
		r.Failed++
	}
}

// sweepDigests sends the digests where the process that sweeps has a mailer.
// In the cloud send-digest alone has one for them, and its own schedule.
func (s *Service) sweepDigests(ctx context.Context) error {
	if s.Mailer == nil {
		return nil
	}
	_, err := s.SendDigest(ctx, DigestInput{V: InputVersion})
	return err
}

// digestsDue gives the settings and the moment of the day's digests in
// Amsterdam, nil before it or while nothing may leave.
func (s *Service) digestsDue(ctx context.Context) (*takedown.Settings, time.Time, error) {
	var due time.Time
	set, err := get[takedown.Settings](ctx, s, settingsID)
	if err != nil {
		if takedown.KindOf(err) == takedown.NotFound {
			err = nil
		}
		return nil, due, err
	}
	hour, ok := minutes(set.Digest.Hour)
	if !ok || len(set.Digest.People) == 0 {
		return nil, due, nil
	}
	now, err := s.now(ctx)
	if err != nil {
		return nil, due, err
	}
	y, m, d := now.In(calendar.Amsterdam).Date()
	due = time.Date(y, m, d, hour/60, hour%60, 0, 0, calendar.Amsterdam)
	if now.Before(due) || !mayDigest(set, now) {
		return nil, due, nil
	}
	return set, due, nil
}

// mayDigest: the kill switch, settings that are missing and quiet hours hold
// digests as they hold documents.
func mayDigest(set *takedown.Settings, now time.Time) bool {
	return !set.KillSwitch && len(missingSettings(set)) == 0 && quietUntil(set, now).IsZero()
}

// digestID is derived: one person, one day, one digest. History names no
// person that did nothing.
func digestID(day, person string) string {
	sum := sha256.Sum256([]byte(person))
	return string(KindDigest) + "_" + day + "_" + hex.EncodeToString(sum[:8])
}

// openDigests are the people whose digest of a day has not come to its end,
// first those that nobody has tried yet: one mailbox that is put off again and
// again holds up no other.
func (s *Service) openDigests(ctx context.Context, day string, people []takedown.DigestPerson) ([]takedown.DigestPerson, error) {
	var keys []Key
	for _, p := range people {
		keys = append(keys, Key{KindDigest, digestID(day, p.Person)})
	}
	rs, err := s.Store.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	over := map[string]bool{} // false: begun
	for _, r := range rs {
		d, err := decode[takedown.Digest](r)
		if err != nil {
			return nil, err
		}
		over[d.ID] = d.Status != takedown.DigestIntended && d.Status != takedown.DigestDelayed
	}
	var fresh, begun []takedown.DigestPerson
	for n, p := range people {
		switch ended, known := over[keys[n].ID]; {
		case !known:
			fresh = append(fresh, p)
		case !ended:
			begun = append(begun, p)
		}
	}
	return append(fresh, begun...), nil
}

// sendDigest takes one digest as far as it goes now and gives the status that
// it came to; "" if it is somebody else's move.
func (s *Service) sendDigest(ctx context.Context, day string, p takedown.DigestPerson, since time.Time) (takedown.DigestStatus, error) {
	counted, err := s.digestOf(ctx, p, since)
	if err != nil {
		return "", err
	}
	var job *digestJob
	var status takedown.DigestStatus
	stream := StreamID("org/" + day)
	err = s.write(ctx, takedown.TheSystem, takedown.System, stream, func(t *tx) error {
		job, status, err = t.intendDigest(day, p, counted)
		return err
	})
	if err != nil || job == nil {
		return status, err
	}
	res, err := s.Mailer.Send(ctx, job.message)
	if err != nil { // nothing was attempted
		s.Log.ErrorContext(ctx, "a digest was refused by the mailer", "digest", job.id, "error", err)
		res = MailResult{Outcome: MailPermanent}
	}
	s.mailed(res)
	status = job.after(res)
	err = s.write(context.WithoutCancel(ctx), takedown.TheSystem, takedown.System, stream, func(t *tx) error {
		d, err := load[takedown.Digest](t, job.id)
		if err != nil || d.Attempt != job.attempt {
			return err
		}
		if d.Status != takedown.DigestIntended && res.Outcome != MailSent {
			return nil // only a late "sent" wins
		}
		d.MessageID = res.MessageID
		return t.digestIs(d, status, "")
	})
	return status, err
}

// digestJob is one attempt that was recorded as intended.
type digestJob struct {
	id, attempt string
	message     Message
	redirected  bool
}

// after is the status that an attempt's end leads to.
func (j *digestJob) after(res MailResult) takedown.DigestStatus {
	switch res.Outcome {
	case MailSent:
		if j.redirected {
			return takedown.DigestRedirected
		}
		return takedown.DigestSent
	case MailTemporary:
		return takedown.DigestDelayed
	case MailUncertain:
		return takedown.DigestUncertain
	}
	return takedown.DigestFailed
}

// intendDigest records the intent of sending a digest, or why it is not sent;
// no job and no status if it is not this call's.
func (t *tx) intendDigest(day string, p takedown.DigestPerson, counted notice.Digest) (*digestJob, takedown.DigestStatus, error) {
	d, err := find[takedown.Digest](t, digestID(day, p.Person))
	if err != nil {
		return nil, "", err
	}
	if d == nil {
		d = &takedown.Digest{Meta: takedown.Meta{ID: digestID(day, p.Person)}, Day: day}
	}
	end := func(status takedown.DigestStatus, reason string) (*digestJob, takedown.DigestStatus, error) {
		return nil, status, t.digestIs(d, status, reason)
	}
	switch leased := t.s.leaseLeft(d.LeaseUntil) > 0; {
	case d.Status == takedown.DigestIntended && !leased:
		return end(takedown.DigestUncertain, "lease_over")
	case d.Status != "" && (d.Status != takedown.DigestDelayed || leased):
		return nil, "", nil
	}
	set, err := t.settings()
	if err != nil || !mayDigest(set, t.now) {
		return nil, "", err
	}
	d.Tasks, d.Urgent = counted.Tasks, counted.Urgent
	if counted.Tasks == 0 {
		return end(takedown.DigestQuiet, "")
	}
	m, err := t.digestMessage(d, set, p, counted)
	if err != nil {
		return nil, "", err
	}
	if !ownMailbox(m.To[0].Email, set.MailFrom, set.Organisation.Mailbox) {
		return end(takedown.DigestFailed, "foreign_domain")
	}
	if t.s.Mailer.Check(m) != nil {
		return end(takedown.DigestFailed, "refused_by_mailer")
	}
	if d.Attempt, err = t.s.newID("attempt"); err != nil {
		return nil, "", err
	}
	return &digestJob{d.ID, d.Attempt, m, set.RedirectTo != ""}, "", t.digestIs(d, takedown.DigestIntended, "")
}

// digestMessage is plain text, says that it is automatic, and holds ids and
// counts alone.
func (t *tx) digestMessage(d *takedown.Digest, set *takedown.Settings, p takedown.DigestPerson, counted notice.Digest) (Message, error) {
	language := set.Organisation.Language
	if language == "" {
		language = "nl"
	}
	counted.Day = t.now
	subject, text, err := notice.WriteDigest(language, counted)
	to := p.Address
	if set.RedirectTo != "" {
		to = set.RedirectTo
	}
	m := Message{
		ID: d.ID + "@" + mailDomain(set), From: Address{Name: set.Organisation.Name, Email: set.MailFrom}, To: []Address{{Email: to}},
		Subject: subject, Text: text, Date: t.now, Automatic: true,
	}
	m.signAs(set)
	return m, err
}

// digestIs puts a digest into a status, with its entry. An intended one has a
// lease, and so has a delayed one: until then nobody tries again.
func (t *tx) digestIs(d *takedown.Digest, status takedown.DigestStatus, reason string) error {
	d.Status, d.At, d.LeaseUntil = status, t.now, time.Time{}
	if status == takedown.DigestIntended || status == takedown.DigestDelayed {
		d.LeaseUntil = t.s.HostNow().UTC().Add(t.s.MailLease)
	}
	if status == takedown.DigestUncertain || status == takedown.DigestFailed {
		// An alarm of infra/template.yaml counts this line by its words.
		t.s.Log.WarnContext(t.ctx, "a digest did not arrive, or may not have", "digest", d.ID, "status", string(status), "reason", reason)
	}
	if err := t.put(d); err != nil {
		return err
	}
	return t.log("digest."+string(status), reason, []string{d.ID})
}
