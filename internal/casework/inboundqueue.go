package casework

import (
	"context"
	"errors"
	"time"

	"github.com/ontdox/takedown/internal/correspondence"
	"github.com/ontdox/takedown/internal/takedown"
)

// mailsSwept bounds the mails that one sweep tries to read or forgets, of each
// status.
const mailsSwept = 100

// mailSweepTime is after how long, in host time, a sweep begins no further mail: a
// name server that does not answer must not hold up what else is due.
const mailSweepTime = 15 * time.Second

// HoldMail says that somebody in this process is about to read a stored mail, so
// that the sweep leaves it alone; release ends that.
func (s *Service) HoldMail(id string) (release func()) {
	s.held.Store(id, true)
	return func() { s.held.Delete(id) }
}

// mailTries is how often the queue tries to read one mail before a person gets
// it: a mail that breaks its reader would break it for ever. triesApart is the
// time after each try, in case time; it leaves a fault of ours half a day to be
// mended.
const mailTries = 5

var triesApart = [mailTries]time.Duration{time.Minute, 10 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour}

// doubtUnreadable says of a mail that is nobody's why: no program could read it.
const doubtUnreadable = "unreadable"

// doubtErased says of a mail that it is of a case whose key was destroyed: it stays
// outside, and goes when unmatched mail does.
const doubtErased = "its_case_is_erased"

// sweepMail reads what was stored and not read: the work after ReceiveMail
// failed, or the process ended. A mail that failed comes up again later, so that
// it holds up none behind it.
func (s *Service) sweepMail(ctx context.Context, out *SweepResult) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	q := Query{Index: indexReplies, Partition: string(takedown.ReplyReceived), Before: sortTime(now.Add(time.Second)), Limit: mailsSwept}
	var failed apart
	begun := s.HostNow()
	for tried := 0; ; {
		page, err := s.Store.Query(ctx, q)
		if err != nil {
			return err
		}
		for _, rec := range page.Records {
			if _, held := s.held.Load(rec.ID); held {
				continue // however many there are of these, they hide none behind them
			}
			if tried == mailsSwept || s.HostNow().Sub(begun) >= mailSweepTime {
				return nil
			}
			tried++
			read, err := s.tryMail(ctx, rec)
			if read {
				out.Mails++
			}
			if err != nil {
				s.Log.ErrorContext(ctx, "a mail could not be read; it stays in the queue", "reply", rec.ID, "error", err)
			}
			if !failed.goOn(ctx, err) {
				return nil
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" || s.HostNow().Sub(begun) >= mailSweepTime {
			return nil
		}
	}
}

// tryMail reads one mail of the queue. A try is counted before it is made: what
// ends the whole process must not be tried at every start either.
func (s *Service) tryMail(ctx context.Context, rec Record) (bool, error) {
	tries, err := s.countTry(ctx, rec, 1)
	if err != nil || tries == 0 {
		return false, err
	}
	if tries > mailTries {
		return false, s.parkMail(ctx, rec)
	}
	err = s.ReadMail(ctx, rec.ID)
	switch {
	case err == nil:
		return true, nil
	case takedown.KindOf(err) == takedown.Unavailable || ctx.Err() != nil:
		_, cerr := s.countTry(context.WithoutCancel(ctx), rec, -1) // the mail is not to blame
		return false, errors.Join(err, cerr)
	case tries == mailTries:
		return false, errors.Join(err, s.parkMail(ctx, rec))
	}
	return false, err
}

// countTry notes a try, or takes one back, and when the next is due. It gives the
// tries so far, 0 for a mail that was read meanwhile.
func (s *Service) countTry(ctx context.Context, rec Record, by int) (tries int, err error) {
	err = s.write(ctx, takedown.TheSystem, takedown.System, rec.Stream, func(t *tx) error {
		tries = 0
		r, err := load[takedown.Reply](t, rec.ID)
		if err != nil || r.Status != takedown.ReplyReceived {
			return err
		}
		if tries = r.Tries + by; tries > mailTries {
			return nil
		}
		r.Tries, r.NextTry = tries, t.now.Add(triesApart[max(tries, 1)-1])
		if err := t.put(r); err != nil {
			return err
		}
		if by < 0 {
			return t.log("mail.put_back", "unavailable", []string{r.ID})
		}
		return t.log("mail.tried", "", []string{r.ID})
	})
	return tries, err
}

// parkMail leaves a mail that cannot be read to a person, as one that is nobody's
// yet: its bytes are kept, and may be downloaded (RawReply).
func (s *Service) parkMail(ctx context.Context, rec Record) error {
	return s.write(ctx, takedown.TheSystem, takedown.System, rec.Stream, func(t *tx) error {
		r, err := load[takedown.Reply](t, rec.ID)
		if err != nil || r.Status != takedown.ReplyReceived {
			return err
		}
		r.Status, r.NextTry = takedown.ReplyUnmatched, time.Time{}
		r.Mail = &takedown.MailFacts{
			Confidence: string(correspondence.Unclear), Doubt: doubtUnreadable, Sender: string(correspondence.NotKnown), Why: doubtUnreadable,
		}
		if err := t.put(r); err != nil {
			return err
		}
		if err := t.openTask(takedown.Task{Kind: taskMatch, Owner: takedown.Specialist, Reason: doubtUnreadable, Subject: r.ID}); err != nil {
			return err
		}
		return t.log("mail.unmatched", doubtUnreadable, []string{r.ID})
	})
}

// unmatchedKept is how long mail that is in no case is kept unless the settings
// say otherwise.
const unmatchedKept = 90 // days

// inNoCase are the statuses of stored mail that lies in no case: nobody's yet,
// here twice, or our own come back.
var inNoCase = []takedown.ReplyStatus{takedown.ReplyUnmatched, takedown.ReplyDuplicate, takedown.ReplyOwn}

// sweepUnmatched forgets mail that came into no case within the time that is
// configured: its key is destroyed.
func (s *Service) sweepUnmatched(ctx context.Context) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	set, err := s.settingsNow(ctx)
	if err != nil {
		return err
	}
	days := set.UnmatchedDays
	if days == 0 {
		days = unmatchedKept
	}
	before := sortTime(now.Add(-time.Duration(days) * 24 * time.Hour))
	var failed apart
	for _, status := range inNoCase {
		page, err := s.Store.Query(ctx, Query{Index: indexReplies, Partition: string(status), Before: before, Limit: mailsSwept})
		if err != nil {
			return errors.Join(failed.err(), err)
		}
		for _, rec := range page.Records {
			if !failed.goOn(ctx, named(rec.ID, s.expireReply(ctx, rec, status))) {
				return failed.err()
			}
		}
	}
	return failed.err()
}

func (s *Service) expireReply(ctx context.Context, rec Record, status takedown.ReplyStatus) error {
	return s.write(ctx, takedown.TheSystem, takedown.System, rec.Stream, func(t *tx) error {
		r, err := load[takedown.Reply](t, rec.ID)
		if err != nil || r.Status != status {
			return err
		}
		r.Status, r.Key, r.Text, r.Raw, r.Source = takedown.ReplyExpired, nil, takedown.Sealed{}, takedown.Sealed{}, nil
		if err := t.put(r); err != nil {
			return err
		}
		if err := t.closeTasks(taskMatch, r.ID); err != nil {
			return err
		}
		return t.log("mail.expired", string(status), []string{r.ID})
	})
}
