// Command probe is a function that does what its input asks for, so that each
// end that an invocation can have is brought about by a real one.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type input struct {
	Do   string `json:"do"`
	N    int    `json:"n"`
	Text string `json:"text"`
	File string `json:"file"`
}

type output struct {
	Text       string   `json:"text,omitempty"`
	PID        int      `json:"pid"`
	Env        []string `json:"env,omitempty"`
	RequestID  string   `json:"requestId"`
	ARN        string   `json:"arn"`
	Trace      string   `json:"trace"`
	Custom     string   `json:"custom,omitempty"`
	LeftMillis int64    `json:"leftMillis"`
}

func main() {
	switch os.Getenv("PROBE_INIT") {
	case "exit":
		os.Exit(3)
	case "silent":
		os.Exit(0)
	case "hang":
		time.Sleep(time.Hour)
	case "error":
		initError()
	case "late": // the second start succeeds
		if _, err := os.Stat(os.Getenv("PROBE_FILE")); err != nil {
			_ = os.WriteFile(os.Getenv("PROBE_FILE"), nil, 0o600)
			os.Exit(4)
		}
	}
	lambda.Start(handle)
}

func initError() {
	body := strings.NewReader(`{"errorType":"Probe.NoConfig","errorMessage":"PROBE_TABLE is missing"}`)
	url := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/init/error"
	answer, err := http.Post(url, "application/json", body)
	if err != nil {
		os.Exit(9)
	}
	_ = answer.Body.Close()
	os.Exit(1)
}

func handle(ctx context.Context, in input) (any, error) {
	if do, ok := ends[in.Do]; ok {
		return do(in)
	}
	out := output{PID: os.Getpid(), Text: in.Text}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		out.RequestID, out.ARN, out.Custom = lc.AwsRequestID, lc.InvokedFunctionArn, lc.ClientContext.Custom["k"]
	}
	out.Trace, _ = ctx.Value("x-amzn-trace-id").(string)
	if deadline, ok := ctx.Deadline(); ok {
		out.LeftMillis = time.Until(deadline).Milliseconds()
	}
	if in.Do == "env" {
		out.Env = os.Environ()
	}
	return out, nil
}

var held [][]byte

var ends = map[string]func(input) (any, error){
	"panic": func(in input) (any, error) { panic(errors.New(in.Text)) },
	"exit":  func(in input) (any, error) { os.Exit(in.N); return nil, nil },
	"fail":  func(in input) (any, error) { return nil, errors.New(in.Text) },
	"named": func(in input) (any, error) {
		return nil, messages.InvokeResponse_Error{Type: "Conflict", Message: in.Text}
	},
	"hang": func(in input) (any, error) { begun(in); select {} },
	"wait": waitFor,
	"big":  func(in input) (any, error) { return strings.Repeat("A", in.N), nil },
	"grow": func(input) (any, error) {
		for {
			b := make([]byte, 8<<20)
			for i := range b {
				b[i] = byte(i)
			}
			held = append(held, b)
		}
	},
	"print": func(in input) (any, error) {
		fmt.Println(strings.Repeat(in.Text+"\n", max(in.N, 1)))
		fmt.Fprint(os.Stderr, "and no newline")
		return "printed", nil
	},
	"child":  child,
	"stream": func(in input) (any, error) { return &broken{text: in.Text}, nil },
}

// begun tells the test that the invocation runs: with the process's id.
func begun(in input) {
	_ = os.WriteFile(in.File+".tmp", fmt.Append(nil, os.Getpid()), 0o600)
	_ = os.Rename(in.File+".tmp", in.File)
}

// waitFor answers when the test lets it: it removes the file.
func waitFor(in input) (any, error) {
	begun(in)
	for {
		if _, err := os.Stat(in.File); err != nil {
			return output{Text: in.Text, PID: os.Getpid()}, nil
		}
		time.Sleep(time.Millisecond)
	}
}

// child leaves a process behind that would outlive its parent.
func child(in input) (any, error) {
	c := exec.Command("/bin/sleep", "3600")
	if err := c.Start(); err != nil {
		return nil, err
	}
	return output{PID: c.Process.Pid, Text: in.Text}, nil
}

// broken is a streamed answer that fails half-way.
type broken struct {
	text string
	told bool
}

func (b *broken) Read(p []byte) (int, error) {
	if b.told {
		return 0, io.ErrUnexpectedEOF
	}
	b.told = true
	return copy(p, b.text), nil
}
