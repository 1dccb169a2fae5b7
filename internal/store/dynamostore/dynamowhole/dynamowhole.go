// Package dynamowhole reads and writes a whole table, for an operator who moves
// a deployment to another shape. Look-ups, jobs and answers stand in partitions
// that only their own keys name, so that this alone reads by a Scan. No function
// links it, and no role of the template allows it.
package dynamowhole

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/store/dynamostore"
	"github.com/ontdox/takedown/internal/takedown"
)

// Table is a whole table.
type Table struct {
	db    *dynamodb.Client
	name  string
	store *dynamostore.Store
}

var _ casework.WholeStore = (*Table)(nil)

// New works on a table that exists.
func New(cfg aws.Config, name string) *Table {
	return &Table{db: dynamodb.NewFromConfig(cfg), name: name, store: dynamostore.New(cfg, dynamostore.Options{Table: name})}
}

// Bounds of the service for one BatchWriteItem, and of our patience.
const (
	maxBatch = 25
	maxTries = 10
)

// EachMoved gives every row, page by page, consistently.
func (t *Table) EachMoved(ctx context.Context, f func(casework.Moved) error) error {
	pages := dynamodb.NewScanPaginator(t.db, &dynamodb.ScanInput{TableName: &t.name, ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return unavailable(err)
		}
		for _, row := range page.Items {
			list, err := t.store.Unpack(ctx, row)
			if err != nil {
				return err
			}
			for _, m := range list {
				if err := f(m); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// PutMoved writes rows over what stands there.
func (t *Table) PutMoved(ctx context.Context, list []casework.Moved) error {
	var all []types.WriteRequest
	for _, m := range list {
		rows, err := t.store.Pack(m)
		if err != nil {
			return err
		}
		for _, r := range rows {
			all = append(all, types.WriteRequest{PutRequest: &types.PutRequest{Item: r}})
		}
	}
	for part := range slices.Chunk(all, maxBatch) {
		if err := t.write(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// write repeats what the service left out, later each time.
func (t *Table) write(ctx context.Context, part []types.WriteRequest) error {
	for try := 1; len(part) > 0; try++ {
		out, err := t.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{t.name: part}})
		if err != nil {
			return unavailable(err)
		}
		if part = out.UnprocessedItems[t.name]; len(part) == 0 {
			return nil
		}
		if try == maxTries {
			return takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "the table is throttled: import the archive again later")
		}
		select {
		case <-time.After(time.Duration(try) * 100 * time.Millisecond):
		case <-ctx.Done():
			return unavailable(ctx.Err())
		}
	}
	return nil
}

// mark says which archive is being imported, and whether all of it was.
type mark struct{ id, stage string }

const (
	markSK     = "state"
	stageBegun = "begun"
	stageDone  = "done"
)

// Begin marks an empty table, or one half filled by this very archive; of any
// other it is a Conflict. done says that the import came to its end before.
func (t *Table) Begin(ctx context.Context, archive string) (done bool, err error) {
	out, err := t.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.name, Key: markKey(), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return false, unavailable(err)
	}
	if out.Item != nil {
		m := mark{text(out.Item["archive"]), text(out.Item["stage"])}
		if m.id != archive {
			return false, takedown.Errorf(takedown.Conflict, "State", "another archive was imported into the table %s, or half of it: import into an empty one", t.name)
		}
		return m.stage == stageDone, nil
	}
	some, err := t.db.Scan(ctx, &dynamodb.ScanInput{TableName: &t.name, ConsistentRead: aws.Bool(true), Limit: aws.Int32(1)})
	if err != nil {
		return false, unavailable(err)
	}
	if len(some.Items) > 0 {
		return false, takedown.Errorf(takedown.Conflict, "State", "the table %s is not empty: import into an empty one", t.name)
	}
	in := markOf(t.name, mark{archive, stageBegun})
	in.ConditionExpression = aws.String("attribute_not_exists(pk)") // of two imports at once one begins
	_, err = t.db.PutItem(ctx, in)
	if _, lost := errors.AsType[*types.ConditionalCheckFailedException](err); lost {
		return false, takedown.Errorf(takedown.Conflict, "State", "another import into the table %s has just begun", t.name)
	}
	return false, unavailable(err)
}

// Finish marks the import as ended.
func (t *Table) Finish(ctx context.Context, archive string) error {
	_, err := t.db.PutItem(ctx, markOf(t.name, mark{archive, stageDone}))
	return unavailable(err)
}

func markOf(table string, m mark) *dynamodb.PutItemInput {
	row := markKey()
	row["archive"], row["stage"] = &types.AttributeValueMemberS{Value: m.id}, &types.AttributeValueMemberS{Value: m.stage}
	return &dynamodb.PutItemInput{TableName: &table, Item: row}
}

func markKey() map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: dynamostore.ImportPK}, "sk": &types.AttributeValueMemberS{Value: markSK}}
}

func text(v types.AttributeValue) string {
	s, ok := v.(*types.AttributeValueMemberS)
	if !ok {
		return ""
	}
	return s.Value
}

func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "the table does not answer", Err: err}
}
