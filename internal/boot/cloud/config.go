package cloud

import (
	"os"
	"strings"

	"github.com/ontdox/takedown/internal/takedown"
)

// Config is what a deployment on AWS is built from. infra/template.yaml sets
// each field as an environment variable of every function; all are required.
type Config struct {
	// Table names the DynamoDB table (TAKEDOWN_TABLE).
	Table string
	// Bucket names the S3 bucket of blobs, by hash (TAKEDOWN_BUCKET).
	Bucket string
	// HeadsBucket names the object-locked S3 bucket to which signed heads of the
	// history are appended (TAKEDOWN_HEADS_BUCKET).
	HeadsBucket string
	// KeyID is the ARN of the KMS key that wraps the case keys
	// (TAKEDOWN_KMS_KEY).
	KeyID string
	// CaseMachine and TrackMachine are the ARNs of the two state machines
	// (TAKEDOWN_CASE_MACHINE, TAKEDOWN_TRACK_MACHINE).
	CaseMachine, TrackMachine string
	// MailConfiguration names the SES configuration set, by which the mail
	// service's events come back (TAKEDOWN_SES_CONFIGURATION).
	MailConfiguration string
}

// variable binds an environment variable to a field.
type variable struct {
	name  string
	field *string
}

func (c *Config) variables() []variable {
	return []variable{
		{"TAKEDOWN_TABLE", &c.Table},
		{"TAKEDOWN_BUCKET", &c.Bucket},
		{"TAKEDOWN_HEADS_BUCKET", &c.HeadsBucket},
		{"TAKEDOWN_KMS_KEY", &c.KeyID},
		{"TAKEDOWN_CASE_MACHINE", &c.CaseMachine},
		{"TAKEDOWN_TRACK_MACHINE", &c.TrackMachine},
		{"TAKEDOWN_SES_CONFIGURATION", &c.MailConfiguration},
	}
}

// Variables are the names of the environment variables that FromEnv reads.
func Variables() []string {
	var out []string
	for _, v := range new(Config).variables() {
		out = append(out, v.name)
	}
	return out
}

// FromEnv reads the configuration. What is missing is named all at once.
func FromEnv() (Config, error) {
	var c Config
	var missing []string
	for _, v := range c.variables() {
		if *v.field = os.Getenv(v.name); *v.field == "" {
			missing = append(missing, v.name)
		}
	}
	if len(missing) > 0 {
		return Config{}, takedown.Errorf(takedown.Internal, takedown.NameInternal, "set %s", strings.Join(missing, ", "))
	}
	return c, nil
}
