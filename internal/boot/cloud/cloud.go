// Package cloud builds the service for AWS. Its adapters are still missing:
// what it has is the configuration, and the honest refusal that names them.
package cloud

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Config is what a deployment on AWS is built from. infra/template.yaml sets
// each as an environment variable of every function.
type Config struct {
	Table         string // TAKEDOWN_TABLE: the DynamoDB table
	Bucket        string // TAKEDOWN_BUCKET: blobs, by hash
	HeadsBucket   string // TAKEDOWN_HEADS_BUCKET: signed heads, object-locked
	KeyID         string // TAKEDOWN_KMS_KEY: wraps the case keys
	CaseMachine   string // TAKEDOWN_CASE_MACHINE: ARN
	TrackMachine  string // TAKEDOWN_TRACK_MACHINE: ARN
	Configuration string // TAKEDOWN_SES_CONFIGURATION: SES configuration set
}

// FromEnv reads the configuration and names every variable that is missing.
func FromEnv() (Config, error) {
	var c Config
	var missing []string
	for name, field := range map[string]*string{
		"TAKEDOWN_TABLE": &c.Table, "TAKEDOWN_BUCKET": &c.Bucket, "TAKEDOWN_HEADS_BUCKET": &c.HeadsBucket,
		"TAKEDOWN_KMS_KEY": &c.KeyID, "TAKEDOWN_CASE_MACHINE": &c.CaseMachine, "TAKEDOWN_TRACK_MACHINE": &c.TrackMachine,
		"TAKEDOWN_SES_CONFIGURATION": &c.Configuration,
	} {
		if *field = os.Getenv(name); *field == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return c, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "set %s", strings.Join(missing, ", "))
	}
	return c, nil
}

// MissingAdapters are the ports that have no adapter for AWS yet.
func MissingAdapters() []string {
	return []string{"store/dynamostore", "engine/stepfn", "mail/sesmail", "blob/s3blob", "keys/kmskeys"}
}

// Open builds the service for AWS. Until the adapters exist it refuses and
// names each of them.
func Open(_ context.Context, _ Config) (*casework.Service, error) {
	return nil, takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable,
		"this shape is not served yet; missing adapters: %s", strings.Join(MissingAdapters(), ", "))
}

// Lambda runs one function by its name, as functions/NAME/main.go asks. The
// service is built on the first invocation, so that a refusal is an answer
// that the machine can name, not a crash.
func Lambda(name string) {
	lambda.StartHandlerFunc(func(ctx context.Context, payload rawJSON) (rawJSON, error) {
		h, err := handler(ctx, name)
		if err != nil {
			return nil, asLambda(err)
		}
		out, err := h(ctx, payload)
		return out, asLambda(err)
	})
}

func handler(ctx context.Context, name string) (casework.Handler, error) {
	cfg, err := FromEnv()
	if err != nil {
		return nil, err
	}
	service, err := Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	h, ok := service.Handlers()[name]
	if !ok {
		return nil, takedown.Errorf(takedown.Internal, takedown.NameInternal, "no handler %s", name)
	}
	return h, nil
}

// asLambda gives an error the name that the machines match (design §4): the
// same conversion as the embedded engine's.
func asLambda(err error) error {
	if err == nil {
		return nil
	}
	return messages.InvokeResponse_Error{Type: takedown.NameOf(err), Message: fmt.Sprint(err)}
}

// rawJSON passes a payload through untouched.
type rawJSON []byte

// UnmarshalJSON keeps the bytes.
func (r *rawJSON) UnmarshalJSON(b []byte) error {
	*r = append((*r)[:0], b...)
	return nil
}

// MarshalJSON gives the bytes.
func (r rawJSON) MarshalJSON() ([]byte, error) {
	if len(r) == 0 {
		return []byte("null"), nil
	}
	return r, nil
}
