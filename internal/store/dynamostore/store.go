// Package dynamostore keeps the store in one DynamoDB table, for an
// organisation that outgrows one machine.
//
// The table (keys pk, sk) is defined in infra/template.yaml and nowhere else.
// Everything of a stream stands in its partition, "s#STREAM":
//
//	head                     the stream's revision, compared and swapped
//	r#KIND#ID                a record
//	p#KIND#ID#HASH           a further place of a record in a list
//	e#SEQ                    the lines of one commit, by the last one's number
//
// and what is found by a key of its own in a partition of its own: k#KIND#ID
// (a record's stream), e#ENTRY (a line's place), l#SPACE#VALUE (a look-up),
// f#KEY (an idempotent request), t#WAIT (a token), o#SHARD (the outbox), log,
// log#leaves#N and log#hashes#N (the Merkle log, one row per append).
//
// The sparse index "lists" (gpk, gsk) holds only keys: places of records,
// streams, lines that are no leaf yet. The sparse local index "outbox" (pk, at)
// holds what is undelivered and is read consistently. Nothing is ever scanned.
package dynamostore

import (
	"cmp"
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
)

var _ casework.Store = (*Store)(nil)

// Names of the table's indexes, as infra/template.yaml has them.
const (
	listsIndex  = "lists"
	outboxIndex = "outbox"
)

// Bounds of patience. A call is tried so often; the waits between grow with
// jitter up to maxDelay, so that a caller hears within seconds.
const (
	maxAttempts = 5
	maxDelay    = time.Second
	patience    = 4 * time.Second
)

// Options of a store.
type Options struct {
	// Table is the table's name.
	Table string
	// Log takes what no caller is told; nil drops it.
	Log *slog.Logger
	// Patience is how long one attempt may take; 0 is 4 s, so that all of them
	// end before API Gateway's thirty.
	Patience time.Duration
	// Delay is how long to wait before the next attempt, after so many (from 1);
	// nil waits longer each time, with jitter, at most a second.
	Delay func(attempt int) time.Duration
	// LogPart is how many numbers of the log share a partition; 0 is as many as
	// fit. It never changes for a table.
	LogPart int64
}

// Store is the adapter. It is safe for concurrent use by any number of
// processes on one table.
type Store struct {
	db    *dynamodb.Client
	table string
	log   *slog.Logger
	delay func(attempt int) time.Duration
	known known
	// logPart is how many numbers of the log share a partition.
	logPart int64
}

// New builds a store on a table that exists. Endpoint, region and credentials
// are the configuration's.
func New(cfg aws.Config, opt Options) *Store {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Delay == nil {
		opt.Delay = jitter
	}
	if opt.Patience == 0 {
		opt.Patience = patience
	}
	db := dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) {
		if c, ok := o.HTTPClient.(*awshttp.BuildableClient); ok { // the SDK's own waits for ever
			o.HTTPClient = c.WithTimeout(opt.Patience)
		}
		o.Retryer = retry.AddWithErrorCodes(retry.NewStandard(func(s *retry.StandardOptions) {
			s.MaxAttempts = maxAttempts
			s.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) { return opt.Delay(attempt), nil })
			// Every retry is bounded by itself; a bucket shared by all callers would
			// refuse the innocent ones.
			s.RateLimiter = unlimited{}
		}), (*types.TransactionConflictException)(nil).ErrorCode())
	})
	return &Store{db: db, table: opt.Table, log: opt.Log, delay: opt.Delay, logPart: cmp.Or(opt.LogPart, logPart)}
}

// unlimited is a rate limiter that lets every retry through.
type unlimited struct{}

func (unlimited) GetToken(context.Context, uint) (func() error, error) {
	return func() error { return nil }, nil
}

func (unlimited) AddTokens(uint) error { return nil }

// jitter is how long to wait before the next attempt, after so many.
func jitter(attempt int) time.Duration {
	top := min(maxDelay, 25*time.Millisecond<<min(attempt, 10))
	return time.Duration(rand.Int64N(int64(top))) //nolint:gosec // spreads retries, no secret
}

// pause waits before another attempt; the caller's end is an error.
func (s *Store) pause(ctx context.Context, attempt int) error {
	timer := time.NewTimer(s.delay(attempt))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return mapped(ctx.Err())
	}
}

// Log is the Merkle log's storage.
func (s *Store) Log() audit.LogStore { return s.Archive() }

// Close ends the adapter; it holds nothing.
func (s *Store) Close() error { return nil }
