package dynamostore

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/casework"
)

// Pages of a list: what a caller gets without a limit, and at most.
const (
	pageLimit    = 50
	maxPageLimit = 500
)

// top sorts after every key of an index.
const top = "\U0010ffff"

// Query pages through a list by sort key. The index says who stands there; the
// records are read as they are, and one that has left the list since is left
// out. A page may therefore be short before the last.
func (s *Store) Query(ctx context.Context, q casework.Query) (casework.Page, error) {
	limit := min(q.Limit, maxPageLimit)
	if limit < 1 {
		limit = pageLimit
	}
	from, err := parseCursor(q.Cursor)
	if err != nil {
		return casework.Page{}, err
	}
	var spans []span
	for n := range shardsOf(q.Index) {
		spans = append(spans, span{index: listsIndex, pk: listPK(q.Index, q.Partition, n), from: from, to: cmp.Or(q.Before, top), limit: limit + 1})
	}
	found, err := each[placeRow](ctx, s, spans)
	if err != nil {
		return casework.Page{}, err
	}
	slices.SortFunc(found, func(a, b placeRow) int { return strings.Compare(a.GSK, b.GSK) })
	var page casework.Page
	if len(found) > limit {
		found = found[:limit]
		if page.Next, err = cursorAfter(found[limit-1].GSK); err != nil {
			return page, err
		}
	}
	page.Records, err = s.standing(ctx, q, found)
	return page, err
}

// standing reads the records at places and keeps those that stand there still.
func (s *Store) standing(ctx context.Context, q casework.Query, found []placeRow) ([]casework.Record, error) {
	if len(found) == 0 {
		return nil, nil
	}
	at := make([]key, 0, len(found))
	for _, p := range found {
		at = append(at, p.recordOf())
	}
	rows, err := s.records(ctx, at)
	if err != nil {
		return nil, err
	}
	var out []casework.Record
	for i, p := range found {
		place := strings.Join([]string{q.Index, q.Partition, p.GSK[:strings.Index(p.GSK, sep)]}, sep)
		if r, ok := rows[at[i]]; ok && slices.Contains(r.Places, place) {
			out = append(out, r.record())
		}
	}
	return out, nil
}

// cursorAfter is a cursor past a place. It holds the place's parts, so that
// records that come and go move no page.
func cursorAfter(gsk string) (string, error) {
	b, err := json.Marshal(strings.Split(gsk, sep))
	return base64.RawURLEncoding.EncodeToString(b), err
}

// parseCursor gives the least key past a cursor.
func parseCursor(s string) (string, error) {
	if s == "" {
		return sep, nil
	}
	var parts []string
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &parts)
	}
	if err != nil || len(parts) != 3 {
		return "", foreignCursor()
	}
	return strings.Join(parts, sep) + sep, nil
}
