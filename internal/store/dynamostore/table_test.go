package dynamostore_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ontdox/takedown/internal/skip"
	"github.com/ontdox/takedown/internal/store/dynamostore/dynamotest"
)

// servers are the services that are not ours, by the variable that names one.
var servers = []string{"TAKEDOWN_DYNAMODB_LOCAL", "TAKEDOWN_DYNOXIDE"}

// onEach runs a test on every server, each in its turn.
func onEach(t *testing.T, run func(t *testing.T, cfg aws.Config)) {
	t.Helper()
	for _, name := range servers {
		t.Run(strings.TrimPrefix(name, "TAKEDOWN_"), func(t *testing.T) { run(t, config(t, name)) })
	}
}

// config reaches a server; without one, the test is skipped.
func config(t testing.TB, variable string) aws.Config {
	t.Helper()
	endpoint := os.Getenv(variable)
	if endpoint == "" {
		skip.Now(t, variable+" is not set: no such service runs")
	}
	return at(endpoint)
}

func at(endpoint string) aws.Config {
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(endpoint),
		Credentials: credentials.NewStaticCredentialsProvider("localkey", "local", ""),
	}
}

var tables atomic.Int64

// newTable makes an empty table and drops it with the test.
func newTable(t testing.TB, cfg aws.Config) string {
	t.Helper()
	name := fmt.Sprintf("takedown-%d-%d", os.Getpid(), tables.Add(1))
	db := dynamodb.NewFromConfig(cfg)
	if _, err := db.CreateTable(context.Background(), dynamotest.FromTemplate(t, "../../../infra/template.yaml", name)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
			t.Error(err)
		}
	})
	return name
}
