package dynamostore

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// jobRow is a job or its result. They have partitions of their own, so that
// the role of verify-content can be held to them (dynamodb:LeadingKeys "j#*").
type jobRow struct {
	key
	Body []byte `dynamodbav:"b,omitempty"`
}

func jobKey(id string) key    { return key{"j#" + id, "job"} }
func resultKey(id string) key { return key{"j#" + id, "result"} }

// PutJob keeps a job.
func (s *Store) PutJob(ctx context.Context, id string, body []byte) error {
	return s.keep(ctx, jobKey(id), body)
}

// PutResult keeps what a job found.
func (s *Store) PutResult(ctx context.Context, id string, body []byte) error {
	return s.keep(ctx, resultKey(id), body)
}

func (s *Store) keep(ctx context.Context, k key, body []byte) error {
	if len(body) > casework.MaxJobBytes {
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "a job of %d bytes is more than %d", len(body), casework.MaxJobBytes)
	}
	return s.put(ctx, jobRow{k, body})
}

// put writes a row without condition.
func (s *Store) put(ctx context.Context, v any) error {
	m, err := encoded(v)
	if err != nil {
		return err
	}
	_, err = s.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.table, Item: m})
	return mapped(err)
}

// Job gives a job.
func (s *Store) Job(ctx context.Context, id string) ([]byte, error) {
	return s.kept(ctx, jobKey(id))
}

// Result gives what a job found.
func (s *Store) Result(ctx context.Context, id string) ([]byte, error) {
	return s.kept(ctx, resultKey(id))
}

func (s *Store) kept(ctx context.Context, k key) ([]byte, error) {
	j, ok, err := one[jobRow](ctx, s, k)
	if err == nil && !ok {
		err = notFound(k.SK)
	}
	return j.Body, err
}

// DropJob forgets a job and its result.
func (s *Store) DropJob(ctx context.Context, id string) error {
	for _, k := range []key{resultKey(id), jobKey(id)} {
		if _, err := s.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &s.table, Key: k.row()}); err != nil {
			return mapped(err)
		}
	}
	return nil
}
