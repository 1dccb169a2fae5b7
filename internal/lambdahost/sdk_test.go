package lambdahost_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/ontdox/takedown/internal/lambdahost"
)

// TestSDK: the SDK of AWS reads our answers as Lambda's.
func TestSDK(t *testing.T) {
	log := listen("hanging")
	h := host(t, func(f *lambdahost.Function) { f.Concurrency = 1; f.Timeout = time.Minute }, lambdahost.Options{Log: log})
	client := lambda.New(lambda.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(serve(t, h)), RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(staticCredentials),
	})
	out, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("probe"), Payload: []byte(`{"do":"fail"}`)})
	if err != nil || aws.ToString(out.FunctionError) != "Unhandled" || aws.ToString(out.ExecutedVersion) != "$LATEST" || !bytes.Contains(out.Payload, []byte(`"errorType":"Conflict"`)) {
		t.Errorf("%+v %v", out, err)
	}
	var missing *types.ResourceNotFoundException
	if _, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("nobody")}); !errors.As(err, &missing) {
		t.Errorf("unknown function: %v", err)
	}
	var malformed *types.InvalidRequestContentException
	if _, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("probe"), Payload: []byte("{")}); !errors.As(err, &malformed) {
		t.Errorf("malformed: %v", err)
	}
	hanging(t, h, log)
	var throttled *types.TooManyRequestsException
	_, err = client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("probe")})
	if !errors.As(err, &throttled) || throttled.Reason != types.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded {
		t.Errorf("throttled: %v", err)
	}
}

func staticCredentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "example", SecretAccessKey: "example"}, nil
}
