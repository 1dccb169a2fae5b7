package storetest

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"sync"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// LaggingStore is a store whose lists stand still until Flush, as an
// eventually consistent index may. Rows, look-ups, history and the rest answer
// as the store does.
type LaggingStore struct {
	casework.Store

	mu      sync.Mutex
	waiting []casework.Record                // committed since the last Flush
	shown   map[casework.Key]casework.Record // what the lists know
}

// Lagging wraps an empty store: its lists know what is committed through them.
func Lagging(store casework.Store) *LaggingStore {
	return &LaggingStore{Store: store, shown: map[casework.Key]casework.Record{}}
}

// Commit commits; the lists hear of it with the next Flush.
func (l *LaggingStore) Commit(ctx context.Context, base casework.Revision, ch casework.Change) (casework.Revision, error) {
	rev, err := l.Store.Commit(ctx, base, ch)
	if err != nil {
		return rev, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range ch.Put {
		r.Body, r.Index = slices.Clone(r.Body), slices.Clone(r.Index)
		l.waiting = append(l.waiting, r)
	}
	return rev, nil
}

// Flush lets the lists catch up.
func (l *LaggingStore) Flush(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.waiting {
		if r.Version > l.shown[r.Key].Version {
			l.shown[r.Key] = r
		}
	}
	l.waiting = nil
	return nil
}

// spot is a record's place in one list.
type spot struct {
	sort   string
	record casework.Record
}

func (s spot) order() []string { return []string{s.sort, string(s.record.Kind), s.record.ID} }

// Query answers from the lists as they stood at the last Flush.
func (l *LaggingStore) Query(ctx context.Context, q casework.Query) (casework.Page, error) {
	if err := ctx.Err(); err != nil {
		return casework.Page{}, &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "the list does not answer", Err: err}
	}
	var after []string
	if q.Cursor != "" {
		b, err := base64.RawURLEncoding.DecodeString(q.Cursor)
		if err == nil {
			err = json.Unmarshal(b, &after)
		}
		if err != nil {
			return casework.Page{}, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the cursor is not one of ours")
		}
	}
	spots := l.spots(q, after)
	limit := cmp.Or(q.Limit, 50)
	var page casework.Page
	for i, s := range spots {
		if i == limit {
			b, err := json.Marshal(spots[i-1].order())
			page.Next = base64.RawURLEncoding.EncodeToString(b)
			return page, err
		}
		s.record.Index = nil
		page.Records = append(page.Records, s.record)
	}
	return page, nil
}

// spots are a list's places past a cursor, in order.
func (l *LaggingStore) spots(q casework.Query, after []string) []spot {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []spot
	for _, r := range l.shown {
		for _, p := range r.Index {
			s := spot{p.Sort, r}
			if p.Index == q.Index && p.Partition == q.Partition && (q.Before == "" || p.Sort < q.Before) && slices.Compare(s.order(), after) > 0 {
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b spot) int { return slices.Compare(a.order(), b.order()) })
	return out
}
