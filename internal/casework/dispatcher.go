package casework

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// Names by which an engine says that a message has arrived before, or has
// nowhere to go any more: all mean delivered (design §4).
var deliveredNames = map[string]bool{
	"ExecutionAlreadyExists": true, "TaskTimedOut": true, "TaskDoesNotExist": true, "InvalidToken": true,
}

// Deliver sends the outbox rows written before a host time and says how many
// were delivered. A row that fails stays, for the next time; it never holds up
// the others.
func (s *Service) Deliver(ctx context.Context, before time.Time) (int, error) {
	delivered := 0
	for {
		rows, err := s.Store.OutboxDue(ctx, before, 100)
		if err != nil || len(rows) == 0 {
			return delivered, err
		}
		n, err := s.deliverRows(ctx, rows)
		delivered += n
		if err != nil || n < len(rows) {
			return delivered, err
		}
	}
}

func (s *Service) deliverRows(ctx context.Context, rows []OutboxRow) (int, error) {
	delivered := 0
	var failed error
	for _, row := range rows {
		if err := s.deliver(ctx, row); err != nil {
			if ctx.Err() != nil {
				return delivered, ctx.Err()
			}
			s.Log.ErrorContext(ctx, "an outbox row could not be delivered", "row", row.ID, "error", err)
			failed = errors.Join(failed, err)
			continue
		}
		if err := s.Store.MarkDelivered(ctx, row.ID); err != nil {
			return delivered, err
		}
		delivered++
	}
	return delivered, failed
}

func (s *Service) deliver(ctx context.Context, row OutboxRow) error {
	switch row.Kind {
	case outboxStart:
		var m startMessage
		if err := json.Unmarshal(row.Payload, &m); err != nil {
			return err
		}
		return arrived(s.Engine.Start(ctx, m.Machine, m.Name, m.Input))
	case outboxComplete:
		var m wakeMessage
		if err := json.Unmarshal(row.Payload, &m); err != nil {
			return err
		}
		return s.completeAll(ctx, m.Waits)
	case outboxJoin:
		var m joinMessage
		if err := json.Unmarshal(row.Payload, &m); err != nil {
			return err
		}
		return s.join(ctx, m)
	case outboxTouchAll:
		return s.touchAll(ctx)
	case outboxLinkReport:
		return s.linkReport(ctx, row.Payload)
	case outboxPattern:
		var m patternMessage
		if err := json.Unmarshal(row.Payload, &m); err != nil {
			return err
		}
		return s.addPattern(ctx, m)
	case outboxRecount:
		return s.sweepRecount(ctx)
	case outboxBounced:
		return s.markBounced(ctx, row.Payload)
	case outboxStale:
		return s.openStale(ctx, row.Payload)
	case outboxCheck:
		return s.openCheck(ctx, row.Payload)
	case outboxDecided:
		return s.addDecision(ctx, row.Payload)
	}
	return takedown.Errorf(takedown.Internal, takedown.NameInternal, "outbox row of unknown kind %s", row.Kind)
}

func (s *Service) completeAll(ctx context.Context, waits []string) error {
	var failed apart
	for _, key := range waits {
		if !failed.goOn(ctx, s.completeWait(ctx, key)) {
			break
		}
	}
	return failed.err()
}

// completeWait completes the newest token of a wait. Without a token the wait
// is not registered yet: registering it looks at the plan again, so there is
// nothing to do.
func (s *Service) completeWait(ctx context.Context, key string) error {
	token, err := s.Store.Token(ctx, key)
	if err != nil && takedown.KindOf(err) == takedown.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	out, err := waitOutput(key)
	if err != nil {
		return err
	}
	return arrived(s.Engine.Complete(ctx, token, out))
}

func arrived(err error) error {
	var e *takedown.Error
	if errors.As(err, &e) && deliveredNames[e.Name] {
		return nil
	}
	return err
}

// touchAll wakes every open wait: something outside the cases changed that
// their plans rest on (settings, a calendar).
func (s *Service) touchAll(ctx context.Context) error {
	return s.eachWait(ctx, "", func(w openWait, _ Record) error { return s.completeWait(ctx, w.key) })
}

// eachWait calls f for every open wait due before an instant ("" for all). One
// that fails holds up no other: its errors come together at the end.
func (s *Service) eachWait(ctx context.Context, before string, f func(w openWait, r Record) error) error {
	var failed apart
	for _, partition := range waitPartitions() {
		q := Query{Index: indexDue, Partition: partition, Before: before, Limit: 200}
		if goOn, err := s.eachWaitIn(ctx, q, &failed, f); !goOn || err != nil {
			return errors.Join(failed.err(), err)
		}
	}
	return failed.err()
}

func (s *Service) eachWaitIn(ctx context.Context, q Query, failed *apart, f func(w openWait, r Record) error) (bool, error) {
	for {
		page, err := s.Store.Query(ctx, q)
		if err != nil {
			return false, err
		}
		for _, r := range page.Records {
			w, err := openWaitOf(r)
			if err == nil && w.key != "" { // without: the list lags behind the row
				err = f(w, r)
			}
			if !failed.goOn(ctx, named(r.ID, err)) {
				return false, nil
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return true, nil
		}
	}
}

// openWait is the wait of a track or case that stands open now.
type openWait struct {
	key string
	due time.Time // case time
}

// openWaitOf is the zero openWait for a row that waits for nothing.
func openWaitOf(r Record) (openWait, error) {
	if r.Kind == KindCase {
		c, err := decode[takedown.Case](r)
		if err != nil || c.Wait == nil {
			return openWait{}, err
		}
		return openWait{waitKey(c.ID, c.Generation, c.Wait.No), c.Wait.Due}, nil
	}
	tr, err := decode[takedown.Track](r)
	if err != nil || tr.Wait == nil {
		return openWait{}, err
	}
	return openWait{waitKey(tr.ID, tr.Generation, tr.Wait.No), tr.Wait.Due}, nil
}

// RunDispatcher delivers after every commit with messages, until ctx ends.
func (s *Service) RunDispatcher(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.kick:
			// The rows of the commit that kicked are older than now.
			if _, err := s.Deliver(ctx, s.HostNow().Add(time.Second)); err != nil && ctx.Err() == nil {
				s.Log.ErrorContext(ctx, "dispatcher", "error", err)
			}
		}
	}
}

// DeliverNow delivers once if something was committed for the engine since it,
// or the dispatcher, last looked: for a host that may be stopped between calls.
func (s *Service) DeliverNow(ctx context.Context) (int, error) {
	select {
	case <-s.kick:
		return s.Deliver(ctx, s.HostNow().Add(time.Second))
	default:
		return 0, nil
	}
}
