package witness

import (
	"context"
	"sync"
)

// endpoints are the environment variables through which suites learn of the
// services.
var endpoints = map[string]string{
	DynamoDBLocal: "TAKEDOWN_DYNAMODB_LOCAL",
	Dynoxide:      "TAKEDOWN_DYNOXIDE",
	LocalStack:    "TAKEDOWN_LOCALSTACK",
	Moto:          "TAKEDOWN_MOTO",
	GreenMail:     "TAKEDOWN_GREENMAIL_SMTP",
}

const greenMailIMAP = "TAKEDOWN_GREENMAIL_IMAP"

// Services are the names of what can be started.
func Services() []string { return []string{DynamoDBLocal, Dynoxide, LocalStack, Moto, GreenMail} }

// Running are services that were started together.
type Running []*Service

// StartAll starts services side by side. If one fails, none is left running.
func (c Cache) StartAll(ctx context.Context, names ...string) (Running, error) {
	if err := c.Install(ctx, names...); err != nil {
		return nil, err
	}
	started, failed := make([]*Service, len(names)), make([]error, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() { started[i], failed[i] = c.Start(ctx, name) })
	}
	all.Wait()
	var running Running
	var first error
	for i, s := range started {
		if s != nil {
			running = append(running, s)
		}
		if first == nil {
			first = failed[i]
		}
	}
	if first != nil {
		running.Stop()
		return nil, first
	}
	return running, nil
}

// Environment names the endpoints, each as NAME=VALUE.
func (r Running) Environment() []string {
	var out []string
	for _, s := range r {
		out = append(out, endpoints[s.Name]+"="+s.Endpoint)
		if s.IMAP != "" {
			out = append(out, greenMailIMAP+"="+s.IMAP)
		}
	}
	return out
}

// Stop ends them all.
func (r Running) Stop() {
	for _, s := range r {
		s.Stop()
	}
}
