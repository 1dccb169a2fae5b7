package cloud

import "time"

// Config is what a function of a deployment is built from, beside its parts.
// infra/template.yaml sets each field as an environment variable; all but the
// last two are needed, by a narrow function only Table and KeyID.
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
	// EvidenceBucket names the object-locked bucket of sealed evidence, for
	// functions that keep or send it; Bucket without (TAKEDOWN_EVIDENCE_BUCKET).
	EvidenceBucket string
	// SimulatedFrom is where a simulated clock begins; zero, as on AWS, runs on
	// the system's (TAKEDOWN_SIMULATED_CLOCK, RFC 3339: local-cloud alone).
	SimulatedFrom time.Time
}

// variable binds an environment variable to a field. narrow says that every
// function needs it.
type variable struct {
	name   string
	field  *string
	narrow bool
}

func (c *Config) variables() []variable {
	return []variable{
		{"TAKEDOWN_TABLE", &c.Table, true},
		{"TAKEDOWN_BUCKET", &c.Bucket, false},
		{"TAKEDOWN_HEADS_BUCKET", &c.HeadsBucket, false},
		{"TAKEDOWN_KMS_KEY", &c.KeyID, true},
		{"TAKEDOWN_CASE_MACHINE", &c.CaseMachine, false},
		{"TAKEDOWN_TRACK_MACHINE", &c.TrackMachine, false},
	}
}

// Variables are the names of the environment variables that every function
// needs, its parts' apart.
func Variables() []string {
	var out []string
	for _, v := range new(Config).variables() {
		out = append(out, v.name)
	}
	return out
}

// EvidenceBucket is the variable of Config's field of that name. A part that
// cannot do without asks for it.
const EvidenceBucket = "TAKEDOWN_EVIDENCE_BUCKET"

// config reads what a function needs; its problems stay in e.
func config(e *Environment, narrow bool) Config {
	var c Config
	for _, v := range c.variables() {
		if v.narrow || !narrow {
			*v.field = e.Needed(v.name)
		}
	}
	c.EvidenceBucket = e.Optional(EvidenceBucket)
	c.SimulatedFrom = e.Instant("TAKEDOWN_SIMULATED_CLOCK")
	return c
}
