package dynamostore

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/ontdox/takedown/internal/takedown"
)

func conflict(why string) error {
	return takedown.Errorf(takedown.Conflict, takedown.NameConflict, "%s", why)
}

func notFound(what string) error {
	return takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "there is no such %s", what)
}

func foreignCursor() error {
	return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the cursor is not one of ours")
}

func keyReused() error {
	return takedown.Errorf(takedown.Invalid, "IdempotencyKeyReused", "this Idempotency-Key was used for another request")
}

// mapped turns an error of the service into one of ours. What may pass
// (throttling, a broken connection, a cancelled caller) is Unavailable.
func mapped(err error) error {
	var ours *takedown.Error
	if err == nil || errors.As(err, &ours) {
		return err
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode() {
		case "ConditionalCheckFailedException", "TransactionConflictException":
			return &takedown.Error{Kind: takedown.Conflict, Name: takedown.NameConflict, Message: "somebody was faster", Err: err}
		case "ValidationException", "ItemCollectionSizeLimitExceededException":
			return &takedown.Error{Kind: takedown.Invalid, Name: takedown.NameInvalidInput, Message: "the table does not take this row", Err: err}
		case "ResourceNotFoundException", "AccessDeniedException", "UnrecognizedClientException":
			return &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "the table is not there, or not for us", Err: err}
		}
	}
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "the table does not answer", Err: err}
}

// refusedRow gives the row that made a single write's condition fail.
func refusedRow(err error) (map[string]types.AttributeValue, bool) {
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		return nil, false
	}
	return failed.Item, true
}
