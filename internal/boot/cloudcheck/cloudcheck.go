// Package cloudcheck looks whether a deployment on AWS stands where
// CloudFormation cannot put it: DNS, what AWS grants by hand, what a person
// must confirm or choose. docs/operations.md lists the same points by number.
package cloudcheck

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// DNS is what is asked of the domain name system; *net.Resolver is one.
type DNS interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
}

// Config says which deployment is looked at, and with what.
type Config struct {
	AWS   aws.Config
	Stack string // the CloudFormation stack
	// Token is a person's own token for the API, "" for none: without it nobody
	// knows whether there is an administrator.
	Token string
	HTTP  *http.Client
	DNS   DNS
	Now   func() time.Time // real time: AWS refuses a signature of another
}

// State is how a point stands.
type State string

// The states. Unknown: it could not be looked at, Detail says why.
const (
	Good    State = "ok"
	Bad     State = "to do"
	Unknown State = "unknown"
)

// Finding is how one point stands. No is its number in docs/operations.md.
type Finding struct {
	No     int
	Name   string
	State  State
	Detail string // what was found, and for Bad what to do
}

// point is one thing to look at. look gives Good with a sentence, or Bad with
// what to do; an error is Unknown.
type point struct {
	name string
	look func(ctx context.Context, d *deployment) (State, string, error)
}

// points in the order of docs/operations.md. All but the first need what the
// stack says of itself.
var points = []point{
	{"stack", lookStack},
	{"mail domain", lookMailDomain},
	{"DMARC", lookDMARC},
	{"SES production access", lookSending},
	{"reply domain", lookReplyDomain},
	{"receipt rule set", lookReceiptRules},
	{"alarm address", lookAlarmAddress},
	{"OIDC issuer", lookIssuer},
	{"API", lookAPI},
	{"first administrator", lookAdministrator},
	{"quotas", lookQuotas},
}

// Names lists the points in their order.
func Names() []string {
	var out []string
	for _, p := range points {
		out = append(out, p.name)
	}
	return out
}

// deployment is a stack's own word: its parameters and outputs.
type deployment struct {
	Config
	parameters, outputs map[string]string
}

// Look looks at every point. Where the stack cannot be read, the rest is
// Unknown.
func Look(ctx context.Context, cfg Config) []Finding {
	d := &deployment{Config: cfg}
	var out []Finding
	for i, p := range points {
		f := Finding{No: i + 1, Name: p.name}
		var err error
		switch {
		case i > 0 && d.outputs == nil:
			f.State, f.Detail = Unknown, "the stack could not be read"
		default:
			if f.State, f.Detail, err = p.look(ctx, d); err != nil {
				f.State, f.Detail = Unknown, err.Error()
			}
		}
		out = append(out, f)
	}
	return out
}

func good(format string, args ...any) (State, string, error) {
	return Good, fmt.Sprintf(format, args...), nil
}

func bad(format string, args ...any) (State, string, error) {
	return Bad, fmt.Sprintf(format, args...), nil
}
