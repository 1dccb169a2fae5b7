package dynamostore_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/store/dynamostore"
	"github.com/ontdox/takedown/internal/store/storetest"
)

// open gives a store on an empty table.
func open(t testing.TB, cfg aws.Config) *dynamostore.Store {
	t.Helper()
	return dynamostore.New(cfg, dynamostore.Options{Table: newTable(t, cfg)})
}

func TestSuite(t *testing.T) {
	onEach(t, func(t *testing.T, cfg aws.Config) {
		storetest.Run(t, func(t *testing.T) casework.Store { return open(t, cfg) })
	})
}

// TestLogOverPartitions has a log whose partitions hold three numbers each:
// every append and every reading crosses some.
func TestLogOverPartitions(t *testing.T) {
	onEach(t, func(t *testing.T, cfg aws.Config) {
		storetest.RunLog(t, func(t *testing.T) casework.Store {
			return dynamostore.New(cfg, dynamostore.Options{Table: newTable(t, cfg), LogPart: 3})
		})
	})
}
