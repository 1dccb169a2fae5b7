package kmskeys

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

var _ casework.WholeKeys = (*Keys)(nil)

// Own are the deployment's own keys.
func (k *Keys) Own() casework.DeploymentKeys {
	o := k.deployment()
	return casework.DeploymentKeys{Deployment: o.Deployment, MACRoot: o.MACRoot, LogSigner: o.LogSigner, LogVerifier: o.LogVerifier}
}

// Unwrap opens a wrapped key; the caller clears it.
func (k *Keys) Unwrap(ctx context.Context, id string, wrapped []byte) ([]byte, error) {
	return k.unwrap(ctx, wrapped, map[string]string{"case": id})
}

// Wrap wraps another installation's key.
func (k *Keys) Wrap(ctx context.Context, id string, plain []byte) ([]byte, error) {
	return k.wrap(ctx, plain, map[string]string{"case": id})
}

// Adopt keeps the own keys of a deployment that comes from elsewhere. It is the
// last step of an import: without them no function starts. Where keys lie
// already they must be these, else it is a Conflict.
func (k *Keys) Adopt(ctx context.Context, cfg aws.Config, bucket string, from casework.DeploymentKeys) error {
	plain, err := json.Marshal(own{V: 1, Deployment: from.Deployment, MACRoot: from.MACRoot, LogSigner: from.LogSigner, LogVerifier: from.LogVerifier})
	if err != nil {
		return internal("the deployment's own keys could not be written", err)
	}
	defer clear(plain)
	wrapped, err := k.wrap(ctx, plain, ownBound())
	if err != nil {
		return err
	}
	if err := putOwn(ctx, s3.NewFromConfig(cfg), bucket, wrapped); err != nil {
		return err
	}
	has, err := Open(ctx, cfg, Options{KeyID: k.keyID, Bucket: bucket, HostNow: k.now})
	if err != nil {
		return err
	}
	if o := has.own; o.Deployment != from.Deployment || o.LogSigner != from.LogSigner || !bytes.Equal(o.MACRoot, from.MACRoot) {
		return takedown.Errorf(takedown.Conflict, "KeyMismatch", "the bucket %s holds the keys of another deployment", bucket)
	}
	return nil
}
