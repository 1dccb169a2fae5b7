// Command probe is a Lambda function that does what its event says: it shows
// what a host makes of a function that answers, fails, panics, hangs, grows,
// or ends.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do   string `json:"do"`
	Size int    `json:"size"`
	Code int    `json:"code"`
}

type answer struct {
	PID      int      `json:"pid"`
	ARN      string   `json:"arn"`
	Request  string   `json:"request"`
	Left     int64    `json:"leftMs"`
	Env      []string `json:"env,omitempty"`
	Text     string   `json:"text,omitempty"`
	Attempts int      `json:"attempts"`
}

var attempts int

func handle(ctx context.Context, in event) (answer, error) {
	attempts++
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	out := answer{PID: os.Getpid(), ARN: lc.InvokedFunctionArn, Request: lc.AwsRequestID, Left: time.Until(deadline).Milliseconds(), Attempts: attempts}
	switch in.Do {
	case "env":
		out.Env = os.Environ()
	case "print":
		fmt.Println("said by the function")
	case "fail":
		return out, messages.InvokeResponse_Error{Type: "Conflict", Message: "a named error"}
	case "panic":
		panic("as asked")
	case "exit":
		os.Exit(in.Code)
	case "hang":
		fmt.Println("hanging")
		time.Sleep(time.Hour)
	case "grow":
		var held [][]byte
		for range 4096 {
			b := make([]byte, 1<<20)
			for i := range b {
				b[i] = 1
			}
			held = append(held, b)
		}
		out.Text = fmt.Sprint(len(held))
	case "large":
		out.Text = strings.Repeat("x", in.Size)
	}
	return out, nil
}

func main() {
	switch os.Getenv("PROBE_INIT") {
	case "exit":
		os.Exit(7)
	case "hang":
		time.Sleep(time.Hour)
	}
	if f := os.Getenv("PROBE_READY"); f != "" { // for whoever measures a cold start
		b, err := json.Marshal(time.Now().UnixNano())
		if err == nil {
			_ = os.WriteFile(f, b, 0o600)
		}
	}
	lambda.Start(handle)
}
