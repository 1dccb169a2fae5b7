package dynamostore

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ontdox/takedown/internal/takedown"
)

// maxBatch is how many rows one BatchGetItem reads.
const maxBatch = 100

// one reads a row consistently; false without.
func one[T any](ctx context.Context, s *Store, k key) (T, bool, error) {
	var none T
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: k.row(), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return none, false, mapped(err)
	}
	if out.Item == nil {
		return none, false, nil
	}
	v, err := decoded[T](out.Item)
	return v, err == nil, err
}

// many reads rows consistently, by key; missing ones are left out.
func many[T any](ctx context.Context, s *Store, keys []key) (map[key]T, error) {
	rows, err := s.rows(ctx, keys)
	if err != nil {
		return nil, err
	}
	out := make(map[key]T, len(rows))
	for k, m := range rows {
		if out[k], err = decoded[T](m); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// rows is many, not decoded.
func (s *Store) rows(ctx context.Context, keys []key) (map[key]row, error) {
	out, want := make(map[key]row, len(keys)), make(map[key]bool, len(keys))
	var left []row
	for _, k := range keys {
		if !want[k] {
			want[k] = true
			left = append(left, k.row())
		}
	}
	for idle := 0; len(left) > 0; {
		n := min(len(left), maxBatch)
		rows, again, err := s.batch(ctx, left[:n])
		if err != nil {
			return nil, err
		}
		for _, m := range rows {
			k, err := decoded[key](m)
			if err != nil {
				return nil, err
			}
			out[k] = m
		}
		left = append(left[n:], again...)
		if idle, err = s.rest(ctx, idle, len(again)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// batch reads up to maxBatch rows; again are those that the service left out.
func (s *Store) batch(ctx context.Context, keys []row) (rows, again []row, err error) {
	out, err := s.db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
		RequestItems: map[string]types.KeysAndAttributes{s.table: {Keys: keys, ConsistentRead: aws.Bool(true)}},
	})
	if err != nil {
		return nil, nil, mapped(err)
	}
	return out.Responses[s.table], out.UnprocessedKeys[s.table].Keys, nil
}

// rest waits if the service left rows out, longer each time in a row, and
// gives up after a few.
func (s *Store) rest(ctx context.Context, idle, again int) (int, error) {
	if again == 0 {
		return 0, nil
	}
	if idle++; idle >= maxAttempts {
		return idle, takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "the table is throttled")
	}
	return idle, s.pause(ctx, idle)
}

// span asks for the rows of one partition in the order of their sort keys,
// both ends included.
type span struct {
	index      string // "" for the table, read consistently
	pk         string
	from, to   string
	limit      int
	descending bool
}

// attributes are the names of an index's keys.
func (q span) attributes() (pk, sk string) {
	switch q.index {
	case listsIndex:
		return "gpk", "gsk"
	case outboxIndex:
		return "pk", "at"
	}
	return "pk", "sk"
}

// query reads a span, page by page.
func query[T any](ctx context.Context, s *Store, q span) ([]T, error) {
	if q.from > q.to {
		return nil, nil
	}
	pk, sk := q.attributes()
	in := &dynamodb.QueryInput{
		TableName: &s.table, KeyConditionExpression: aws.String("#pk = :pk AND #sk BETWEEN :from AND :to"),
		ExpressionAttributeNames:  map[string]string{"#pk": pk, "#sk": sk},
		ExpressionAttributeValues: row{":pk": str(q.pk), ":from": str(q.from), ":to": str(q.to)},
		ScanIndexForward:          aws.Bool(!q.descending), ConsistentRead: aws.Bool(q.index != listsIndex),
	}
	if q.index != "" {
		in.IndexName = &q.index
	}
	var out []T
	for {
		in.Limit = aws.Int32(int32(min(q.limit-len(out), 1000))) //nolint:gosec // at most 1000
		page, err := s.db.Query(ctx, in)
		if err != nil {
			return nil, mapped(err)
		}
		for _, m := range page.Items {
			v, err := decoded[T](m)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		if in.ExclusiveStartKey = page.LastEvaluatedKey; len(in.ExclusiveStartKey) == 0 || len(out) >= q.limit {
			return out, nil
		}
	}
}

// each reads several spans at once, in their order.
func each[T any](ctx context.Context, s *Store, spans []span) ([]T, error) {
	lists, errs := make([][]T, len(spans)), make([]error, len(spans))
	var wg sync.WaitGroup
	for i, q := range spans {
		wg.Go(func() { lists[i], errs[i] = query[T](ctx, s, q) })
	}
	wg.Wait()
	var out []T
	for i := range spans {
		if errs[i] != nil {
			return nil, errs[i]
		}
		out = append(out, lists[i]...)
	}
	return out, nil
}
