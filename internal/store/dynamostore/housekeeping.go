package dynamostore

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// requestKept is how long the row of a request that has ended may linger
// before the service deletes it; nothing rests on that.
const requestKept = 24 * time.Hour

// eraKey is the row that counts how often all leases were dropped.
var eraKey = key{"era", "leases"}

// TakeLease begins an idempotent request.
func (s *Store) TakeLease(ctx context.Context, k, requestMAC string, now, until time.Time) (*casework.Finished, error) {
	was, era, err := s.request(ctx, k)
	if err != nil {
		return nil, err
	}
	switch {
	case was.Status > 0 && was.Expires > now.UnixMilli():
		if was.MAC != requestMAC {
			return nil, keyReused()
		}
		return &casework.Finished{Key: k, RequestMAC: was.MAC, Status: was.Status, IDs: was.IDs, ExpiresAt: time.UnixMilli(was.Expires).UTC()}, nil
	case was.Stamp != "" && was.Status == 0 && was.Lease > now.UnixMilli() && was.Era == era:
		return nil, inFlight()
	}
	mine := requestRow{
		key: requestKey(k), Stamp: uuid.NewString(), MAC: requestMAC, Lease: until.UnixMilli(), Era: era, TTL: until.Add(requestKept).Unix(),
	}
	return nil, s.takeOver(ctx, was, mine)
}

func inFlight() error {
	return takedown.Errorf(takedown.Conflict, "InFlight", "a request with this Idempotency-Key is under way")
}

// request reads a request's row, if there is one, and the era of leases.
func (s *Store) request(ctx context.Context, k string) (r requestRow, era int64, err error) {
	rows, err := s.rows(ctx, []key{requestKey(k), eraKey})
	if err != nil {
		return r, 0, err
	}
	if m, ok := rows[requestKey(k)]; ok {
		if r, err = decoded[requestRow](m); err != nil {
			return r, 0, err
		}
	}
	if m, ok := rows[eraKey]; ok {
		e, err := decoded[eraRow](m)
		return r, e.Era, err
	}
	return r, 0, nil
}

// takeOver replaces a row that was read by ours, unless somebody was faster.
func (s *Store) takeOver(ctx context.Context, was, mine requestRow) error {
	m, err := encoded(mine)
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{
		TableName: &s.table, Item: m, ConditionExpression: aws.String("attribute_not_exists(pk)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if was.Stamp != "" {
		in.ConditionExpression, in.ExpressionAttributeValues = aws.String("x = :x"), row{":x": str(was.Stamp)}
	}
	_, err = s.db.PutItem(ctx, in)
	if old, ok := refusedRow(err); ok {
		if now, derr := decoded[requestRow](old); derr == nil && now.Stamp == mine.Stamp {
			return nil // our own first attempt, whose answer was lost
		}
		return inFlight()
	}
	return mapped(err)
}

// DropLease gives a lease back after a request without effect.
func (s *Store) DropLease(ctx context.Context, k string) error {
	_, err := s.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &s.table, Key: requestKey(k).row(), ConditionExpression: aws.String("st = :flight"),
		ExpressionAttributeValues: row{":flight": num(0)},
	})
	if _, ok := refusedRow(err); ok {
		return nil // finished, or dropped already
	}
	return mapped(err)
}

// DropAllLeases ends every lease in flight: their era has passed.
func (s *Store) DropAllLeases(ctx context.Context) error {
	_, err := s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: eraKey.row(), UpdateExpression: aws.String("ADD er :one"), ExpressionAttributeValues: row{":one": num(1)},
	})
	return mapped(err)
}

// OutboxDue lists undelivered rows, oldest first. It reads consistently: who
// has just committed a message sends it now.
func (s *Store) OutboxDue(ctx context.Context, before time.Time, limit int) ([]casework.OutboxRow, error) {
	var spans []span
	for n := range outboxShards {
		spans = append(spans, span{index: outboxIndex, pk: outboxPK(n), from: "0", to: numbered("", before.UnixMicro()), limit: limit})
	}
	rows, err := each[outboxRow](ctx, s, spans)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b outboxRow) int { return cmp.Or(strings.Compare(a.At, b.At)) })
	var out []casework.OutboxRow
	for _, r := range rows[:min(limit, len(rows))] {
		out = append(out, casework.OutboxRow{
			ID: r.SK, Kind: r.Kind, Stream: casework.StreamID(r.Stream), Payload: r.Payload, At: time.UnixMicro(r.Written).UTC(),
		})
	}
	return out, nil
}

// MarkDelivered ends an outbox row. It stays for outboxKept, so that its id is
// not used again.
func (s *Store) MarkDelivered(ctx context.Context, id string) error {
	_, err := s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: outboxKey(id).row(), UpdateExpression: aws.String("SET #ttl = keep REMOVE #at"),
		ConditionExpression: aws.String("attribute_exists(pk)"), ExpressionAttributeNames: map[string]string{"#ttl": "ttl", "#at": "at"},
	})
	if _, ok := refusedRow(err); ok {
		return nil // delivered and forgotten
	}
	return mapped(err)
}

// PutToken keeps the newest token of a wait.
func (s *Store) PutToken(ctx context.Context, wait, token string) error {
	return s.put(ctx, tokenRow{tokenKey(wait), token})
}

// Token gives the newest token of a wait.
func (s *Store) Token(ctx context.Context, wait string) (string, error) {
	t, ok, err := one[tokenRow](ctx, s, tokenKey(wait))
	if err == nil && !ok {
		err = notFound("token")
	}
	return t.Token, err
}
