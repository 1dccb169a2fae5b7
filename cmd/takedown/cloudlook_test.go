package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/google/go-cmp/cmp"

	"github.com/ontdox/takedown/internal/localcloud"
)

var stacks atomic.Int64

// stackNumber is another one each time, in this process and the next.
func stackNumber() int64 { return time.Now().UnixMilli()<<8 + stacks.Add(1)&0xff }

// everyRow shows all that a stack left with the services, as a thief with every
// permission but a key would find it.
func (h *cloudHost) everyRow(ctx context.Context, look func(where string, content []byte)) error {
	at := func(url string) aws.Config {
		return aws.Config{Region: localcloud.Region, BaseEndpoint: aws.String(url), Credentials: credentials.NewStaticCredentialsProvider("deployer", "none", "")}
	}
	for _, part := range []func() error{
		func() error {
			return everyItem(ctx, dynamodb.NewFromConfig(at(h.opt.On.DynamoDB)), h.Ref("Table"), look)
		},
		func() error {
			client := s3.NewFromConfig(at(h.opt.On.Moto), func(o *s3.Options) { o.UsePathStyle = true })
			for _, bucket := range []string{"Blobs", "Evidence", "Heads"} {
				if err := everyObject(ctx, client, h.Ref(bucket), look); err != nil {
					return err
				}
			}
			return nil
		},
		func() error {
			client := sfn.NewFromConfig(at(h.opt.On.StepFunctions))
			for _, machine := range []string{"CaseMachine", "TrackMachine"} {
				if err := everyEvent(ctx, client, h.Ref(machine), look); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

func everyItem(ctx context.Context, c *dynamodb.Client, table string, look func(string, []byte)) error {
	pages := dynamodb.NewScanPaginator(c, &dynamodb.ScanInput{TableName: aws.String(table)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, item := range page.Items {
			for name, value := range item {
				look(table+" "+name, fmt.Appendf(nil, "%s", value))
			}
		}
	}
	return nil
}

func everyObject(ctx context.Context, c *s3.Client, bucket string, look func(string, []byte)) error {
	if bucket == "" {
		return nil
	}
	pages := s3.NewListObjectsV2Paginator(c, &s3.ListObjectsV2Input{Bucket: aws.String(bucket)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, object := range page.Contents {
			out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(bucket), Key: object.Key})
			if err != nil {
				return err
			}
			b, err := io.ReadAll(out.Body)
			if err != nil {
				return err
			}
			look(bucket+" "+*object.Key, b)
		}
	}
	return nil
}

func everyEvent(ctx context.Context, c *sfn.Client, machine string, look func(string, []byte)) error {
	list, err := c.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: aws.String(machine), MaxResults: 1000})
	if err != nil {
		return err
	}
	for _, e := range list.Executions {
		pages := sfn.NewGetExecutionHistoryPaginator(c, &sfn.GetExecutionHistoryInput{ExecutionArn: e.ExecutionArn, IncludeExecutionData: aws.Bool(true)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return err
			}
			b, err := json.Marshal(page.Events)
			if err != nil {
				return err
			}
			look("execution "+*e.Name, b)
		}
	}
	return nil
}

// seenCalls gathers what the functions of all stories called.
type seenCalls struct {
	mu  sync.Mutex
	all localcloud.Calls
}

func (s *seenCalls) add(c localcloud.Calls) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all.Merge(c)
}

// hold fails for calls that infra/actions.json, by which archtest judges the
// roles, does not have. Which function delivers a message first, and how often
// the schedules came round, differs from run to run, so the file gathers:
// TAKEDOWN_RECORD=1 adds to it.
func (s *seenCalls) hold(t *testing.T) {
	t.Helper()
	file := filepath.Join("..", "..", "infra", "actions.json")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	kept := localcloud.Calls{}
	if err := json.Unmarshal(b, &kept); err != nil {
		t.Fatal(err)
	}
	before, err := kept.JSON()
	if err != nil {
		t.Fatal(err)
	}
	kept.Merge(s.all)
	after, err := kept.JSON()
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case os.Getenv("TAKEDOWN_RECORD") == "1":
		if err := os.WriteFile(file, after, 0o600); err != nil {
			t.Error(err)
		}
	case len(s.all) == 0:
		t.Error("no call was seen")
	default:
		if diff := cmp.Diff(string(before), string(after)); diff != "" {
			t.Errorf("infra/actions.json lacks calls of the functions; after a look at them, run with TAKEDOWN_RECORD=1:\n%s", diff)
		}
	}
}
