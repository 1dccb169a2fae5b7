package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"github.com/ontdox/takedown/internal/takedown"
)

// Handler is a function that a state machine or a schedule calls: JSON in,
// JSON out, the same in process and in Lambda.
type Handler func(ctx context.Context, payload []byte) ([]byte, error)

// Handlers gives every handler by its function's name (design §4).
func (s *Service) Handlers() map[string]Handler {
	return map[string]Handler{
		"triage":           handle(s.Triage),
		"plan-tracks":      handle(s.PlanTracks),
		"plan-step":        handle(s.PlanStep),
		"draft-document":   handle(s.DraftDocument),
		"register-wait":    handle(s.registerWait),
		"send-document":    handle(s.SendDocument),
		"verify-content":   handle(s.VerifyContent),
		"assemble-dossier": handle(s.AssembleDossier),
		"renew":            handle(s.Renew),
		"record-outcome":   handle(s.RecordOutcome),
		"dispatch-outbox":  handle(s.dispatchOutbox),
		"sequence-history": handle(s.sequenceHistory),
		"sweep":            handle(s.Sweep),
		"send-digest":      handle(s.SendDigest),
	}
}

// handle decodes strictly: a field that we do not know is an input that we
// would misread.
func handle[In, Out any](f func(context.Context, In) (Out, error)) Handler {
	return func(ctx context.Context, payload []byte) ([]byte, error) {
		var in In
		dec := json.NewDecoder(bytes.NewReader(payload))
		dec.DisallowUnknownFields()
		err := dec.Decode(&in)
		if err == nil {
			if _, more := dec.Token(); more != io.EOF {
				err = takedown.Errorf(takedown.Malformed, takedown.NameInvalidInput, "more than one value")
			}
		}
		if err != nil {
			return nil, &takedown.Error{Kind: takedown.Malformed, Name: takedown.NameInvalidInput, Message: "the input cannot be read", Err: err}
		}
		out, err := f(ctx, in)
		if err != nil {
			return nil, err
		}
		return json.Marshal(out)
	}
}

func (s *Service) registerWait(ctx context.Context, in WaitInput) (struct{}, error) {
	return struct{}{}, s.RegisterWait(ctx, in)
}

func (s *Service) dispatchOutbox(ctx context.Context, in SweepInput) (SweepResult, error) {
	if err := served(in.V); err != nil {
		return SweepResult{}, err
	}
	n, err := s.Deliver(ctx, s.HostNow())
	return SweepResult{Delivered: n}, err
}

func (s *Service) sequenceHistory(ctx context.Context, in SweepInput) (SweepResult, error) {
	if err := served(in.V); err != nil {
		return SweepResult{}, err
	}
	n, err := s.sequence(ctx)
	return SweepResult{Sequenced: n}, err
}

// served refuses an input of a version that this program does not know.
func served(version int) error {
	if version != InputVersion {
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "input version %d is not served", version)
	}
	return nil
}
