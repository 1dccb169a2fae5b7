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
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"go.yaml.in/yaml/v3"

	"github.com/ontdox/takedown/internal/skip"
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

// keySchema and the types below are what the template says of the table.
type keySchema []struct {
	AttributeName string `yaml:"AttributeName"`
	KeyType       string `yaml:"KeyType"`
}

type index struct {
	IndexName  string    `yaml:"IndexName"`
	KeySchema  keySchema `yaml:"KeySchema"`
	Projection struct {
		ProjectionType string `yaml:"ProjectionType"`
	} `yaml:"Projection"`
}

type tableProperties struct {
	AttributeDefinitions []struct {
		AttributeName string `yaml:"AttributeName"`
		AttributeType string `yaml:"AttributeType"`
	} `yaml:"AttributeDefinitions"`
	KeySchema              keySchema `yaml:"KeySchema"`
	GlobalSecondaryIndexes []index   `yaml:"GlobalSecondaryIndexes"`
	LocalSecondaryIndexes  []index   `yaml:"LocalSecondaryIndexes"`
}

func (k keySchema) elements() (out []types.KeySchemaElement) {
	for _, e := range k {
		out = append(out, types.KeySchemaElement{AttributeName: aws.String(e.AttributeName), KeyType: types.KeyType(e.KeyType)})
	}
	return out
}

func (i index) projection() *types.Projection {
	return &types.Projection{ProjectionType: types.ProjectionType(i.Projection.ProjectionType)}
}

// fromTemplate is the table that infra/template.yaml defines.
func fromTemplate(t testing.TB, name string) *dynamodb.CreateTableInput {
	t.Helper()
	text, err := os.ReadFile("../../../infra/template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var tpl struct {
		Resources struct {
			Table struct {
				Properties tableProperties `yaml:"Properties"`
			} `yaml:"Table"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &tpl); err != nil {
		t.Fatal(err)
	}
	p := tpl.Resources.Table.Properties
	in := &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest, KeySchema: p.KeySchema.elements()}
	for _, a := range p.AttributeDefinitions {
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{
			AttributeName: aws.String(a.AttributeName), AttributeType: types.ScalarAttributeType(a.AttributeType),
		})
	}
	for _, i := range p.GlobalSecondaryIndexes {
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(i.IndexName), KeySchema: i.KeySchema.elements(), Projection: i.projection(),
		})
	}
	for _, i := range p.LocalSecondaryIndexes {
		in.LocalSecondaryIndexes = append(in.LocalSecondaryIndexes, types.LocalSecondaryIndex{
			IndexName: aws.String(i.IndexName), KeySchema: i.KeySchema.elements(), Projection: i.projection(),
		})
	}
	return in
}

var tables atomic.Int64

// newTable makes an empty table and drops it with the test.
func newTable(t testing.TB, cfg aws.Config) string {
	t.Helper()
	name := fmt.Sprintf("takedown-%d-%d", os.Getpid(), tables.Add(1))
	db := dynamodb.NewFromConfig(cfg)
	if _, err := db.CreateTable(context.Background(), fromTemplate(t, name)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
			t.Error(err)
		}
	})
	return name
}
