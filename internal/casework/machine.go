package casework

// InputVersion is the version of every machine input below. A version stays
// accepted for at least a year after its successor (design §3).
const InputVersion = 1

// TrackInput names a track's generation: the input of plan-step,
// draft-document, verify-content, assemble-dossier, renew and record-outcome,
// and of a track execution itself.
type TrackInput struct {
	V          int    `json:"v"`
	Track      string `json:"track"`
	Generation int    `json:"generation"`
}

// DocumentInput is the input of send-document. GiveUp is set by the machine
// when its retries are used up: the dispatch is then recorded as failed.
type DocumentInput struct {
	V          int    `json:"v"`
	Track      string `json:"track"`
	Generation int    `json:"generation"`
	Document   string `json:"document"`
	GiveUp     bool   `json:"giveUp,omitempty"`
}

// CaseInput names a case's generation: the input of triage and plan-tracks and
// of a case execution itself.
type CaseInput struct {
	V          int    `json:"v"`
	Case       string `json:"case"`
	Generation int    `json:"generation"`
}

// WaitInput is the input of register-wait: exactly one of Track and Case.
type WaitInput struct {
	V          int    `json:"v"`
	Track      string `json:"track,omitempty"`
	Case       string `json:"case,omitempty"`
	Generation int    `json:"generation"`
	Wait       int    `json:"wait"`
	Kind       string `json:"kind"`
	Token      string `json:"token"`
}

// TrackStep is the answer of every track function. Next is a state's name of
// statemachines/track.asl.json, or Stop; Seconds bounds the wait.
type TrackStep struct {
	V          int    `json:"v"`
	Track      string `json:"track"`
	Generation int    `json:"generation"`
	Next       string `json:"next,omitempty"`
	Document   string `json:"document,omitempty"`
	Wait       int    `json:"wait,omitempty"`
	Seconds    int64  `json:"seconds,omitempty"`
}

// CaseStep is the answer of the case functions, as TrackStep for tracks.
type CaseStep struct {
	V          int    `json:"v"`
	Case       string `json:"case"`
	Generation int    `json:"generation"`
	Next       string `json:"next,omitempty"`
	Wait       int    `json:"wait,omitempty"`
	Seconds    int64  `json:"seconds,omitempty"`
}

// SweepInput is the input of sweep, dispatch-outbox and sequence-history,
// which a schedule calls.
type SweepInput struct {
	V int `json:"v"`
}

// SweepResult counts what a sweep did, and what it found standing although
// others should have moved it: whoever watches an installation looks at those.
type SweepResult struct {
	Delivered int `json:"delivered"`
	Woken     int `json:"woken"`
	Sequenced int `json:"sequenced"`
	Repaired  int `json:"repaired"`
	// OverdueWaits are waits long past their instant on which nobody acted.
	OverdueWaits int `json:"overdueWaits,omitempty"`
	// Undelivered are messages to the engine that stay after this sweep, at
	// most standingLooked.
	Undelivered int `json:"undelivered,omitempty"`
	// Unsequenced are entries that this sweep found without a leaf and left so,
	// at most standingLooked.
	Unsequenced int `json:"unsequenced,omitempty"`
	// Mails are stored messages that this sweep read.
	Mails int `json:"mails,omitempty"`
	// Watched are pages that were gone and this sweep saw to again.
	Watched int `json:"watched,omitempty"`
}
