package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

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

// hold fails for a call that is neither in infra/actions.json nor has a reason
// in infra/reasons.json: archtest holds the roles to allow what stands in those
// two and nothing else. Which function delivers a message, and how often the
// schedules came round, differs from run to run, so the file gathers:
// TAKEDOWN_RECORD=1 adds to it.
func (s *seenCalls) hold(t *testing.T) {
	t.Helper()
	file := filepath.Join("..", "..", "infra", "actions.json")
	kept, reasons := localcloud.Calls{}, []roleReason{}
	readJSON(t, file, &kept)
	readJSON(t, filepath.Join("..", "..", "infra", "reasons.json"), &reasons)
	if len(s.all) == 0 {
		t.Error("no call was seen")
	}
	for function, byAction := range s.all {
		for action, resources := range byAction {
			for _, resource := range resources {
				known := slices.Contains(kept[function][action], resource) ||
					slices.ContainsFunc(reasons, func(r roleReason) bool { return r.covers(function, action, resource) })
				if !known && os.Getenv("TAKEDOWN_RECORD") != "1" {
					t.Errorf("%s calls %s on %q, which is new: after a look at it, run with TAKEDOWN_RECORD=1", function, action, resource)
				}
			}
		}
	}
	if os.Getenv("TAKEDOWN_RECORD") != "1" {
		return
	}
	kept.Merge(s.all)
	b, err := kept.JSON()
	if err == nil {
		err = os.WriteFile(file, b, 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}

// roleReason is what hold needs of a line of infra/reasons.json.
type roleReason struct {
	Of       []string `json:"of"`
	Action   string   `json:"action"`
	Resource string   `json:"resource"`
}

// covers: what names no resource is of every kind; a reason for part of one
// ("Key case=look/*") is for no other part.
func (r roleReason) covers(function, action, resource string) bool {
	if !slices.Contains(r.Of, function) || r.Action != action {
		return false
	}
	pattern, ok := strings.CutSuffix(r.Resource, "*")
	return resource == "" || resource == r.Resource || ok && strings.Contains(pattern, " ") && strings.HasPrefix(resource, pattern)
}

func readJSON(t *testing.T, file string, v any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}
