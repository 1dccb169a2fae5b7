package bundle

import (
	"encoding/json"
	"time"
)

// Format names the manifest's form; another number is another form.
const Format = "takedown-bundle/1"

// Manifest lists every file of a bundle but itself and the hash sheet
// (domain.md §6). Instants are UTC.
type Manifest struct {
	Format      string     `json:"format"`
	Reference   string     `json:"reference"`
	Instrument  string     `json:"instrument"`
	Language    string     `json:"language"`
	ContentHash string     `json:"contentHash"` // of the document, as it was approved
	DraftedAt   time.Time  `json:"draftedAt"`
	ApprovedAt  time.Time  `json:"approvedAt"` // custody is told up to here
	Files       []File     `json:"files"`
	Withheld    []Withheld `json:"withheld,omitempty"`
}

// File is one file. Kind is document, annex, declaration or evidence.
type File struct {
	Name      string    `json:"name"`
	SHA256    string    `json:"sha256"`
	Size      int64     `json:"size"`
	MediaType string    `json:"mediaType"`
	Kind      string    `json:"kind"`
	Sealed    bool      `json:"sealed,omitempty"` // identity, domicile, evidence: to be kept apart
	Evidence  *Evidence `json:"evidence,omitempty"`
}

// Evidence says how a file of evidence came about, and whose hands it went
// through. No (C1 …) is its number in the document.
type Evidence struct {
	No           string    `json:"no"`
	Items        []int     `json:"items"` // numbers in annex 1
	CapturedAt   time.Time `json:"capturedAt"`
	Zone         string    `json:"zone"`
	CapturedBy   string    `json:"capturedBy"` // a function, or a person's mark in annex A
	SelfCaptured string    `json:"selfCapturedReason,omitempty"`
	Tool         string    `json:"tool,omitempty"`
	Original     bool      `json:"original"`
	DerivedFrom  string    `json:"derivedFrom,omitempty"` // a number, or "not_in_bundle"
	Custody      []Custody `json:"custody"`
}

// Custody is one act on a piece of evidence: when, in which role, what, and the
// entry of the history that proves it.
type Custody struct {
	At    time.Time `json:"at"`
	Role  string    `json:"role"`
	Act   string    `json:"act"`
	Entry string    `json:"entry"`
}

// Withheld is evidence that the document lists and that does not leave.
type Withheld struct {
	No     string `json:"no"`
	Reason string `json:"reason"` // locked
}

// JSON is the manifest as a file: the same each time.
func (m Manifest) JSON() ([]byte, error) {
	b, err := json.MarshalIndent(m, "", "  ")
	return append(b, '\n'), err
}
