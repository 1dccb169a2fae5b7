package localcloud

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

// Services are where the services that are not ours answer, each as
// http://127.0.0.1:PORT. S3 and KMS are one server of moto.
type Services struct{ DynamoDB, StepFunctions, Moto string }

// clients of the services, as whoever deploys.
type clients struct {
	dynamo *dynamodb.Client
	steps  *sfn.Client
	s3     *s3.Client
	kms    *kms.Client
}

func (s Services) clients() clients {
	cfg := aws.Config{Region: Region, Credentials: credentials.NewStaticCredentialsProvider("deployer", "none", ""), HTTPClient: http.DefaultClient}
	at := func(url string) aws.Config {
		c := cfg.Copy()
		c.BaseEndpoint = aws.String(url)
		return c
	}
	return clients{
		dynamo: dynamodb.NewFromConfig(at(s.DynamoDB)), steps: sfn.NewFromConfig(at(s.StepFunctions)),
		s3: s3.NewFromConfig(at(s.Moto), func(o *s3.Options) { o.UsePathStyle = true }), kms: kms.NewFromConfig(at(s.Moto)),
	}
}

// Create makes the stack's keys, buckets, table and state machines.
func (s *Stack) Create(ctx context.Context, on Services) error {
	c := on.clients()
	for _, kind := range []struct {
		name string
		make func(context.Context, clients, string) error
	}{{typeKey, s.createKey}, {typeBucket, s.createBucket}, {typeTable, s.createTable}, {typeMachine, s.createMachine}} {
		for _, id := range s.of(kind.name) {
			if err := kind.make(ctx, c, id); err != nil {
				return fmt.Errorf("create %s: %w", id, err)
			}
		}
	}
	return nil
}

// CreateMachines makes the state machines again, where they are gone with a
// LocalStack that was started anew. Those that are there stay.
func (s *Stack) CreateMachines(ctx context.Context, on Services) error {
	c := on.clients()
	for _, id := range s.of(typeMachine) {
		if err := s.createMachine(ctx, c, id); err != nil {
			return fmt.Errorf("create %s: %w", id, err)
		}
	}
	return nil
}

// createKey leaves its policy out: who may use it is not played.
func (s *Stack) createKey(ctx context.Context, c clients, id string) error {
	out, err := c.kms.CreateKey(ctx, &kms.CreateKeyInput{Description: aws.String(s.Name + " " + id)})
	if err != nil {
		return err
	}
	s.r.refs[id], s.r.attrs[id+".Arn"] = *out.KeyMetadata.KeyId, *out.KeyMetadata.Arn
	return nil
}

func (s *Stack) createBucket(ctx context.Context, c clients, id string) error {
	props, err := s.properties(id, "ObjectLockEnabled", "VersioningConfiguration")
	if err != nil {
		return err
	}
	var read struct {
		ObjectLockEnabled       any
		VersioningConfiguration struct{ Status string }
	}
	if err := into(props, &read); err != nil {
		return err
	}
	locked := fmt.Sprint(read.ObjectLockEnabled) == "true"
	if _, err := c.s3.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket: aws.String(s.Ref(id)), ObjectLockEnabledForBucket: aws.Bool(locked),
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: Region},
	}); err != nil {
		return err
	}
	if read.VersioningConfiguration.Status == "" || locked { // a lock brings versions with it
		return nil
	}
	_, err = c.s3.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket: aws.String(s.Ref(id)), VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatus(read.VersioningConfiguration.Status)},
	})
	return err
}

func (s *Stack) createTable(ctx context.Context, c clients, id string) error {
	props, err := s.properties(id, "AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes", "LocalSecondaryIndexes", "TimeToLiveSpecification")
	if err != nil {
		return err
	}
	var in dynamodb.CreateTableInput
	if err := into(props, &in); err != nil {
		return err
	}
	in.TableName = aws.String(s.Ref(id))
	if _, err := c.dynamo.CreateTable(ctx, &in); err != nil {
		return err
	}
	var ttl struct {
		TimeToLiveSpecification *dynamotypes.TimeToLiveSpecification
	}
	if err := into(props, &ttl); err != nil || ttl.TimeToLiveSpecification == nil {
		return err
	}
	_, err = c.dynamo.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{TableName: in.TableName, TimeToLiveSpecification: ttl.TimeToLiveSpecification})
	return err
}

func (s *Stack) createMachine(ctx context.Context, c clients, id string) error {
	m, err := s.machine(id)
	if err != nil {
		return err
	}
	_, err = c.steps.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: aws.String(m.name), Definition: aws.String(m.definition), RoleArn: aws.String("arn:aws:iam::" + account + ":role/" + m.name),
	})
	return err
}

// Delete takes the stack's table and machines away; buckets and keys stay with
// their server.
func (s *Stack) Delete(ctx context.Context, on Services) error {
	c := on.clients()
	var errs error
	for _, id := range s.of(typeMachine) {
		_, err := c.steps.DeleteStateMachine(ctx, &sfn.DeleteStateMachineInput{StateMachineArn: aws.String(s.Ref(id))})
		errs = errors.Join(errs, err)
	}
	for _, id := range s.of(typeTable) {
		_, err := c.dynamo.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String(s.Ref(id))})
		errs = errors.Join(errs, err)
	}
	return errs
}
