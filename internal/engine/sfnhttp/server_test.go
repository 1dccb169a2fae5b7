package sfnhttp_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	_ "modernc.org/sqlite" // the engine's file

	"github.com/ontdox/takedown/internal/engine/enginetest"
	"github.com/ontdox/takedown/internal/engine/localengine"
	"github.com/ontdox/takedown/internal/engine/sfnhttp"
	"github.com/ontdox/takedown/internal/takedown"
)

// world is an engine on a file with a clock that stands still, served.
type world struct {
	t       *testing.T
	mu      sync.Mutex
	now     time.Time
	options localengine.Options
	path    string
	db      *sql.DB
	engine  *localengine.Engine
	server  *httptest.Server
	made    int
}

func (w *world) open() client {
	w.t.Helper()
	var err error
	if w.db, err = sql.Open("sqlite", "file:"+w.path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"); err != nil {
		w.t.Fatal(err)
	}
	w.db.SetMaxOpenConns(1)
	w.options.DB = w.db
	if w.engine, err = localengine.New(w.options); err != nil {
		w.t.Fatal(err)
	}
	if err := w.engine.Run(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	w.server = httptest.NewServer(sfnhttp.New(w.engine))
	return dial(w.t, w.server.URL)
}

func (w *world) close() {
	w.server.Close()
	w.engine.Stop()
	if err := w.db.Close(); err != nil {
		w.t.Error(err)
	}
}

// dial is the SDK pointed at an endpoint.
func dial(t *testing.T, url string) client {
	t.Helper()
	c := client{machines: map[string]string{}, Client: sfn.New(sfn.Options{
		Region: "eu-west-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("none", "none", ""), RetryMaxAttempts: 1,
	})}
	pages := sfn.NewListStateMachinesPaginator(c.Client, &sfn.ListStateMachinesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.StateMachines {
			c.machines[*m.Name] = *m.StateMachineArn
		}
	}
	return c
}

func newWorld(t *testing.T, s enginetest.Setup) *world {
	w := &world{t: t, now: time.Date(2027, 3, 22, 9, 0, 0, 0, time.UTC), path: filepath.Join(t.TempDir(), "engine.db")}
	w.options = localengine.Options{
		Machines: s.Machines, Substitutions: s.Substitutions, Handlers: s.Handlers,
		Now: func(context.Context) (time.Time, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.now, nil
		},
	}
	return w
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	w.now = w.now.Add(d)
	w.mu.Unlock()
	if err := w.engine.Tick(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// TestConformance is the contract, spoken by the SDK of AWS.
func TestConformance(t *testing.T) {
	enginetest.Run(t, func(t *testing.T, s enginetest.Setup) enginetest.Harness {
		w := newWorld(t, s)
		c := w.open()
		t.Cleanup(w.close)
		return enginetest.Harness{
			Engine: c, NoTimers: true, Advance: w.advance,
			Settle: func() {
				if err := w.engine.Idle(context.Background()); err != nil {
					t.Fatal(err)
				}
			},
			Restart: func() enginetest.Engine {
				w.close()
				return w.open()
			},
			Refuse: func(def string) error {
				w.made++
				_, err := c.create(context.Background(), fresh(w.made), def)
				return err
			},
		}
	})
}

func TestStateMachines(t *testing.T) {
	const one, other = `{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`, `{"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}`
	w := newWorld(t, enginetest.Setup{})
	c := w.open()
	t.Cleanup(w.close)
	ctx := context.Background()
	arn, err := c.create(ctx, "one", one)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.create(ctx, "one", one); err != nil || again != arn {
		t.Errorf("made again: %s, %v", again, err)
	}
	for name, want := range map[string]string{"one": "StateMachineAlreadyExists", "a b": "InvalidName"} {
		if _, err := c.create(ctx, name, other); takedown.NameOf(err) != want {
			t.Errorf("creating %s: %v, want %s", name, err, want)
		}
	}
	if _, err := c.create(ctx, "two", `{"StartAt": "C", "States": {}}`); takedown.NameOf(err) != "InvalidDefinition" {
		t.Errorf("a definition without states: %v", err)
	}
	d, err := c.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: &arn})
	if err != nil || *d.Definition != one || *d.Name != "one" {
		t.Errorf("DescribeStateMachine: %+v, %v", d, err)
	}
	out, err := c.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &arn})
	if err != nil {
		t.Fatal(err)
	}
	x, err := c.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: out.ExecutionArn})
	if err != nil || aws.ToString(x.Output) != "{}" || aws.ToString(x.Input) != "{}" || aws.ToString(x.StateMachineArn) != arn {
		t.Errorf("DescribeExecution: %+v, %v", x, err)
	}
	var bad *types.InvalidToken
	if _, err := c.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: &arn, NextToken: aws.String("x")}); !errors.As(err, &bad) {
		t.Errorf("ListExecutions after nonsense: %v", err)
	}
	if dialled := dial(t, w.server.URL); dialled.machines["one"] != arn {
		t.Errorf("listed: %v", dialled.machines)
	}
}

// TestBadInput: nothing but an action of this protocol is taken.
func TestBadInput(t *testing.T) {
	w := newWorld(t, enginetest.Setup{})
	w.open()
	t.Cleanup(w.close)
	for _, c := range []struct{ method, target, body, want string }{
		{"GET", "AWSStepFunctions.ListStateMachines", "", "UnknownOperationException"},
		{"POST", "", "{}", "UnknownOperationException"},
		{"POST", "AWSStepFunctions.DeleteStateMachine", "{}", "UnknownOperationException"},
		{"POST", "DynamoDB_20120810.GetItem", "{}", "UnknownOperationException"},
		{"POST", "AWSStepFunctions.StartExecution", "{", "SerializationException"},
		{"POST", "AWSStepFunctions.StartExecution", `{"stateMachineArn": 7}`, "SerializationException"},
		{"POST", "AWSStepFunctions.StartExecution", `{"stateMachineArn": "one"}`, "InvalidArn"},
		{"POST", "AWSStepFunctions.DescribeExecution", `{"executionArn": "arn:aws:states:eu-west-1:000000000000:execution:one"}`, "InvalidArn"},
		{"POST", "AWSStepFunctions.ListExecutions", `{"stateMachineArn": "arn:aws:states:eu-west-1:000000000000:stateMachine:no"}`, "StateMachineDoesNotExist"},
		{"POST", "AWSStepFunctions.SendTaskSuccess", `{"taskToken": "x", "output": "{}"}`, "InvalidToken"},
		{"POST", "AWSStepFunctions.SendTaskFailure", `{"taskToken": "x", "error": "` + strings.Repeat("é", 257) + `"}`, "ValidationException"},
		{"POST", "AWSStepFunctions.SendTaskFailure", `{"taskToken": "x", "cause": "` + strings.Repeat("é", 32769) + `"}`, "ValidationException"},
		{"POST", "AWSStepFunctions.SendTaskFailure", `{"taskToken": "x", "error": "` + strings.Repeat("é", 256) + `"}`, "InvalidToken"},
		{"POST", "AWSStepFunctions.SendTaskSuccess", `{"taskToken": "` + strings.Repeat("x", 3<<20) + `"}`, "ValidationException"},
	} {
		req, err := http.NewRequest(c.method, w.server.URL, bytes.NewReader([]byte(c.body)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Amz-Target", c.target)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		if cerr := resp.Body.Close(); cerr != nil || err != nil {
			t.Fatal(err, cerr)
		}
		if resp.StatusCode != http.StatusBadRequest || !strings.Contains(string(b), "#"+c.want) {
			t.Errorf("%s %s %.60s: %d %s, want %s", c.method, c.target, c.body, resp.StatusCode, b, c.want)
		}
	}
	names, err := w.engine.Definitions(context.Background())
	if err != nil || !slices.Equal(names, []string{}) && len(names) != 0 {
		t.Errorf("there are machines: %v, %v", names, err)
	}
}
