// Package cloudmove moves a whole deployment out of AWS and into it, with an
// operator's credentials. No function links it.
package cloudmove

import (
	"context"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/blob/s3blob"
	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/keys/kmskeys"
	"github.com/ontdox/takedown/internal/moving"
	"github.com/ontdox/takedown/internal/store/dynamostore/dynamowhole"
	"github.com/ontdox/takedown/internal/takedown"
)

// Environment is what a stack's function api is configured with, and the
// operator's own credentials.
func Environment(ctx context.Context, cfg aws.Config, stack string) (func(string) string, error) {
	f, err := lambda.NewFromConfig(cfg).GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: aws.String(stack + "-api")})
	if err != nil {
		return nil, err
	}
	own, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	env := map[string]string{
		"AWS_REGION": cfg.Region, "AWS_ACCESS_KEY_ID": own.AccessKeyID, "AWS_SECRET_ACCESS_KEY": own.SecretAccessKey, "AWS_SESSION_TOKEN": own.SessionToken,
	}
	if f.Environment != nil {
		for name, value := range f.Environment.Variables {
			env[name] = value
		}
	}
	return func(name string) string { return env[name] }, nil
}

// Export writes a deployment into a sealed archive. Nothing of it may write
// meanwhile: a Conflict says that something did.
func Export(ctx context.Context, get func(string) string, w io.Writer, key casework.StreamSealer) (moving.Counts, error) {
	cfg, _, err := cloud.Operator(get)
	if err != nil {
		return moving.Counts{}, err
	}
	b, err := cloud.Operate(ctx, get)
	if err != nil {
		return moving.Counts{}, err
	}
	keys, ok := b.Deps.Keys.(casework.WholeKeys)
	if !ok {
		return moving.Counts{}, takedown.Errorf(takedown.Internal, takedown.NameInternal, "these keys cannot be moved")
	}
	if err := b.Service.RecordExport(ctx); err != nil {
		return moving.Counts{}, err
	}
	if _, err := b.Deps.Sequence(ctx); err != nil {
		return moving.Counts{}, err
	}
	from := moving.Source{
		Store: dynamowhole.New(b.AWS, cfg.Table), Head: b.Deps.Store.Head, Keys: keys, Heads: b.Heads,
		Blobs: b.Deps.Blobs, Evidence: b.Deps.Evidence, HostNow: b.Deps.HostNow,
	}
	if cfg.Simulated() {
		from.Simulated = cfg.SimulatedFrom.UTC().Format(time.RFC3339)
	}
	return moving.Export(ctx, from, w, key)
}

// Import reads an archive into a deployment that is empty still: nobody has
// called its API. It may be stopped and repeated.
func Import(ctx context.Context, get func(string) string, archive io.Reader, key casework.StreamSealer) (moving.Imported, error) {
	var out moving.Imported
	cfg, amazon, err := cloud.Operator(get)
	if err != nil {
		return out, err
	}
	t := &target{cfg: cfg, aws: amazon, table: dynamowhole.New(amazon, cfg.Table)}
	if out.Counts, err = moving.Import(ctx, archive, key, t); err != nil {
		return out, err
	}
	b, err := cloud.Operate(ctx, get)
	if err != nil {
		return out, err
	}
	if err := listed(ctx, b, out.Counts.Streams); err != nil {
		return out, err
	}
	if out.Report, err = b.Verify(ctx, audit.Options{}); err != nil {
		return out, err
	}
	if out.Revived, err = b.Service.ReviveGone(ctx); err != nil {
		return out, err
	}
	if err := b.Service.RecordImport(ctx); err != nil {
		return out, err
	}
	if _, err := b.Deps.Sequence(ctx); err != nil {
		return out, err
	}
	if _, err := b.Service.DeliverNow(ctx); err != nil {
		return out, err
	}
	return out, t.table.Finish(ctx, t.archive)
}

// listed waits until the list of streams, which lags, has all of them: what is
// not listed is neither verified nor revived.
func listed(ctx context.Context, b *cloud.Build, want int64) error {
	for range 60 {
		streams, err := b.Streams(ctx)
		if err != nil || int64(len(streams)) >= want {
			return err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "the table's list of streams lags: import the archive again")
}

// target is a deployment without keys of its own: no function starts before
// they are there, so they come last.
type target struct {
	cfg     cloud.Config
	aws     aws.Config
	table   *dynamowhole.Table
	keys    *kmskeys.Keys
	archive string
}

// Begin readies the deployment.
func (t *target) Begin(ctx context.Context, h moving.Header) (bool, error) {
	t.archive = h.Archive
	if t.cfg.Simulated() != (h.Simulated != "") {
		return false, takedown.Errorf(takedown.Conflict, "State", "one of the two runs on a simulated clock: it can only be moved to another that does")
	}
	var err error
	if t.keys, err = kmskeys.Open(ctx, t.aws, kmskeys.Options{KeyID: t.cfg.KeyID, HostNow: time.Now}); err != nil {
		return false, err
	}
	served, err := t.served(ctx, h.Keys.LogVerifier)
	if err != nil {
		return false, err
	}
	done, err := t.table.Begin(ctx, h.Archive)
	if err == nil && done {
		err = takedown.Errorf(takedown.Conflict, "State", "this archive was imported before, all of it")
	}
	return served, err
}

// served says that the keys of this archive are in place, and refuses a
// deployment that has others.
func (t *target) served(ctx context.Context, verifier string) (bool, error) {
	has, err := kmskeys.Open(ctx, t.aws, kmskeys.Options{KeyID: t.cfg.KeyID, Bucket: t.cfg.HeadsBucket, HostNow: time.Now})
	if err != nil {
		if takedown.KindOf(err) == takedown.NotFound {
			err = nil
		}
		return false, err
	}
	if has.LogVerifier() != verifier {
		return false, takedown.Errorf(takedown.Conflict, "State", "the deployment has keys of its own, so it is in use: import into one that nobody has called")
	}
	return true, nil
}

// Keys wraps the cases' keys.
func (t *target) Keys() casework.KeyWrapper { return t.keys }

// Store takes the rows.
func (t *target) Store() casework.WholeStore { return t.table }

// Heads takes the signed heads.
func (t *target) Heads() audit.HeadStore { return s3blob.NewHeads(t.aws, t.cfg.HeadsBucket) }

// Blobs takes blobs, or sealed evidence.
func (t *target) Blobs(evidence bool) casework.Blobs {
	if evidence && t.cfg.EvidenceBucket != "" {
		return s3blob.New(t.aws, t.cfg.EvidenceBucket)
	}
	return s3blob.New(t.aws, t.cfg.Bucket)
}

// Serve keeps the deployment's own keys.
func (t *target) Serve(ctx context.Context, h moving.Header) error {
	return t.keys.Adopt(ctx, t.aws, t.cfg.HeadsBucket, h.Keys)
}
