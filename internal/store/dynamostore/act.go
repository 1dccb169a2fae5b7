package dynamostore

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/google/uuid"

	"github.com/ontdox/takedown/internal/takedown"
)

// maxActs is how many rows one transaction writes.
const maxActs = 100

// act is one row's part of a transaction: a put, an update or, without either,
// a deletion.
type act struct {
	at     key
	put    any    // a row
	update string // an update expression
	when   string // condition, "" for none
	values row
	// refused says what a failed condition means, given the row as it stands (nil
	// without); errThere that the act is not needed.
	refused func(old row) error
	// own, if set, tells by the row as it stands that this very transaction
	// was applied before.
	own func(old row) bool
}

// errThere: what is to be written stands already.
var errThere = errors.New("it stands already")

// item is the act as the service takes it.
func (a act) item(table *string) (types.TransactWriteItem, error) {
	var when *string
	back := types.ReturnValuesOnConditionCheckFailureNone
	if a.when != "" {
		when, back = &a.when, types.ReturnValuesOnConditionCheckFailureAllOld
	}
	switch {
	case a.put != nil:
		m, err := encoded(a.put)
		return types.TransactWriteItem{Put: &types.Put{
			TableName: table, Item: m, ConditionExpression: when, ExpressionAttributeValues: a.values, ReturnValuesOnConditionCheckFailure: back,
		}}, err
	case a.update != "":
		return types.TransactWriteItem{Update: &types.Update{
			TableName: table, Key: a.at.row(), UpdateExpression: &a.update, ConditionExpression: when, ExpressionAttributeValues: a.values, ReturnValuesOnConditionCheckFailure: back,
		}}, nil
	}
	return types.TransactWriteItem{Delete: &types.Delete{
		TableName: table, Key: a.at.row(), ConditionExpression: when, ExpressionAttributeValues: a.values, ReturnValuesOnConditionCheckFailure: back,
	}}, nil
}

// apply writes all acts or none. Acts that turn out not to be needed are left
// out.
func (s *Store) apply(ctx context.Context, acts []act) error {
	for {
		there, err := s.transact(ctx, acts)
		if err == nil && there == nil {
			return nil
		}
		if err != nil {
			return err
		}
		var left []act
		for i, a := range acts {
			if !slices.Contains(there, i) {
				left = append(left, a)
			}
		}
		acts = left
	}
}

// fate is what became of one attempt.
type fate int

const (
	refused fate = iota // nothing was written, and trying again is in vain
	later               // nothing was written, but it may be next time
	unknown             // it may have been written
)

// transact tries a transaction until its fate is known. An attempt whose
// answer was lost is repeated under its token, by which the service knows it;
// where the service has forgotten, our own row tells. there are the acts that
// stand already, in which case nothing was written.
func (s *Store) transact(ctx context.Context, acts []act) (there []int, err error) {
	in := &dynamodb.TransactWriteItemsInput{ClientRequestToken: aws.String(uuid.NewString())}
	for _, a := range acts {
		item, err := a.item(&s.table)
		if err != nil {
			return nil, err
		}
		in.TransactItems = append(in.TransactItems, item)
	}
	lost := false // an attempt may have been applied
	for attempt := 1; ; attempt++ {
		_, err = s.db.TransactWriteItems(ctx, in, once)
		if err == nil {
			return nil, nil
		}
		var cancelled *types.TransactionCanceledException
		if errors.As(err, &cancelled) && !passing(cancelled.CancellationReasons, lost) {
			return verdict(acts, cancelled, lost)
		}
		fate := fateOf(err)
		if fate == refused || attempt >= maxAttempts || ctx.Err() != nil {
			return nil, mapped(err)
		}
		if fate == unknown {
			lost = true
		} else if !lost {
			in.ClientRequestToken = aws.String(uuid.NewString())
		}
		if perr := s.pause(ctx, attempt); perr != nil {
			return nil, perr
		}
	}
}

// once keeps the client from repeating a transaction: we count attempts.
func once(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }

// fateOf reads an error other than a refusal.
func fateOf(err error) fate {
	var cancelled *types.TransactionCanceledException
	var api smithy.APIError
	switch {
	case errors.As(err, &cancelled):
		return later
	case !errors.As(err, &api):
		return unknown // the connection broke
	}
	switch api.ErrorCode() {
	case "ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded":
		return later
	case "TransactionInProgressException":
		return unknown
	}
	if api.ErrorFault() == smithy.FaultClient {
		return refused
	}
	return unknown
}

// passing reports whether a cancelled transaction may get through later: it was
// throttled, or stands in the way of its own first attempt.
func passing(reasons []types.CancellationReason, lost bool) bool {
	out := false
	for _, r := range reasons {
		switch aws.ToString(r.Code) {
		case "ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded":
			out = true
		case "TransactionConflict":
			out = out || lost
		case "None", "":
		default:
			return false
		}
	}
	return out
}

// verdict says what a cancelled transaction means: the first act's refusal
// counts.
func verdict(acts []act, cancelled *types.TransactionCanceledException, lost bool) (there []int, err error) {
	for i, r := range cancelled.CancellationReasons {
		if i >= len(acts) || aws.ToString(r.Code) != "ConditionalCheckFailed" {
			continue
		}
		a := acts[i]
		if lost && a.own != nil && a.own(r.Item) {
			return nil, nil
		}
		switch rerr := a.refused(r.Item); {
		case errors.Is(rerr, errThere):
			there = append(there, i)
		case err == nil:
			err = rerr
		}
	}
	if err != nil || there != nil {
		return there, err
	}
	for _, r := range cancelled.CancellationReasons {
		switch aws.ToString(r.Code) {
		case "None", "":
		case "TransactionConflict":
			err = conflict("somebody is writing the same row")
		default:
			return nil, &takedown.Error{Kind: takedown.Invalid, Name: takedown.NameInvalidInput, Message: "the table does not take this row", Err: cancelled}
		}
	}
	if err == nil {
		err = &takedown.Error{Kind: takedown.Conflict, Name: takedown.NameConflict, Message: "the write was cancelled", Err: cancelled}
	}
	return nil, err
}
