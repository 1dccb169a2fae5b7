package dynamostore_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/ontdox/takedown/internal/store/dynamostore"
	"github.com/ontdox/takedown/internal/takedown"
)

// TestAServerThatHangsIsGivenUp: one that takes calls and answers none is asked
// as often as one that refuses, and then the caller hears; API Gateway waits
// thirty seconds in all.
func TestAServerThatHangsIsGivenUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	var calls atomic.Int64
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			calls.Add(1)
			t.Cleanup(func() { _ = c.Close() }) // held until the end
		}
	}()
	s := dynamostore.New(aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String("http://" + l.Addr().String()), Credentials: credentials.NewStaticCredentialsProvider("localkey", "local", ""),
	}, dynamostore.Options{Table: "none", Patience: 20 * time.Millisecond, Delay: func(int) time.Duration { return 0 }})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_, err = s.Head(ctx, caseA)
	if takedown.KindOf(err) != takedown.Unavailable || ctx.Err() != nil {
		t.Errorf("%v, want Unavailable, before the caller gives up", err)
	}
	if n := calls.Load(); n != 5 {
		t.Errorf("it was asked %d times, want 5", n)
	}
}
