package cloud

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/blob/s3blob"
	"github.com/ontdox/takedown/internal/keys/kmskeys"
)

// keep gives a service what it keeps outside its table: keys, blobs and signed
// heads. A narrow one opens the keys of its jobs and nothing else.
func (s *starting) keep(ctx context.Context, b *Build) error {
	opt := kmskeys.Options{KeyID: s.cfg.KeyID, HostNow: time.Now}
	if !s.narrow() {
		opt.Bucket, opt.Create = s.cfg.HeadsBucket, s.makesKeys()
	}
	keys, err := kmskeys.Open(ctx, s.aws, opt)
	if err != nil {
		return err
	}
	b.Deps.Keys = keys
	if s.narrow() {
		return nil
	}
	b.Deps.Blobs = s3blob.New(s.aws, s.cfg.Bucket)
	if s.cfg.EvidenceBucket != "" {
		b.Deps.Evidence = s3blob.New(s.aws, s.cfg.EvidenceBucket)
	}
	signer, err := keys.LogSigner()
	if err != nil {
		return err
	}
	b.Heads, b.LogVerifier = s3blob.NewHeads(s.aws, s.cfg.HeadsBucket), keys.LogVerifier()
	b.Deps.Sequence = audit.NewSequencer(b.Deps.Store.Log(), b.Heads, signer).CatchUp
	return nil
}

// makesKeys: whoever comes first to a new deployment makes its own keys.
func (s *starting) makesKeys() bool { return s.name == "api" || s.name == operate }

// operate is the name under which an operator's process opens the service.
const operate = "operate"

// Operate opens the service as an operator does, for what no person does over
// the API: with an environment like a function's, read by get.
func Operate(ctx context.Context, get func(string) string) (*Build, error) {
	s, err := start(NewEnvironment(get), operate, nil)
	if err != nil {
		return nil, err
	}
	return s.build(ctx)
}

// Operator reads the environment of an operator's process without building
// anything: for a deployment that is still empty.
func Operator(get func(string) string) (Config, aws.Config, error) {
	s, err := start(NewEnvironment(get), operate, nil)
	if err != nil {
		return Config{}, aws.Config{}, err
	}
	return s.cfg, s.aws, nil
}
