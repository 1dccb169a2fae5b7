// Command played is every function of a small workflow in one program: a
// request to the API starts a track, which waits for an answer, and another
// ends it. It keeps all it knows in the stack's table.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

var (
	cfg = aws.Config{
		Region: os.Getenv("AWS_REGION"), BaseEndpoint: aws.String(os.Getenv("AWS_ENDPOINT_URL")),
		Credentials: credentials.NewStaticCredentialsProvider(os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), ""),
	}
	table = dynamodb.NewFromConfig(cfg)
	steps = sfn.NewFromConfig(cfg)
	name  = aws.String(os.Getenv("TAKEDOWN_TABLE"))
)

// task is what the track's machine gives.
type task struct {
	Track, Token string
	Generation   int
}

func main() {
	function := os.Getenv("AWS_LAMBDA_FUNCTION_NAME")
	switch {
	case strings.HasSuffix(function, "-api") || strings.HasSuffix(function, "-Api"):
		lambda.Start(api)
	case strings.HasSuffix(function, "plan-step") || strings.HasSuffix(function, "PlanStep"):
		lambda.Start(planStep)
	case strings.HasSuffix(function, "register-wait") || strings.HasSuffix(function, "RegisterWait"):
		lambda.Start(registerWait)
	case strings.HasSuffix(function, "record-outcome") || strings.HasSuffix(function, "RecordOutcome"):
		lambda.Start(recordOutcome)
	case strings.HasSuffix(function, "dispatch-outbox") || strings.HasSuffix(function, "DispatchOutbox"):
		lambda.Start(dispatch)
	}
	lambda.Start(func(context.Context) (struct{}, error) { return struct{}{}, nil })
}

func put(ctx context.Context, pk, sk, value string) error {
	_, err := table.PutItem(ctx, &dynamodb.PutItemInput{TableName: name, Item: map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: pk}, "sk": &types.AttributeValueMemberS{Value: sk}, "value": &types.AttributeValueMemberS{Value: value},
	}})
	return err
}

func get(ctx context.Context, pk, sk string) (string, error) {
	out, err := table.GetItem(ctx, &dynamodb.GetItemInput{TableName: name, ConsistentRead: aws.Bool(true), Key: key(pk, sk)})
	if err != nil {
		return "", err
	}
	return text(out.Item["value"]), nil
}

func key(pk, sk string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: pk}, "sk": &types.AttributeValueMemberS{Value: sk}}
}

func text(v types.AttributeValue) string {
	s, ok := v.(*types.AttributeValueMemberS)
	if !ok {
		return ""
	}
	return s.Value
}

// api starts a track, has it answered, and says how it stands.
func api(ctx context.Context, in events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	_, track, _ := strings.Cut(strings.TrimPrefix(in.RawPath, "/"), "/")
	answer := events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{"Content-Type": "text/plain"}}
	switch {
	case in.RequestContext.HTTP.Method == "GET":
		status, err := get(ctx, "track", track)
		answer.Body = status
		return answer, err
	case strings.HasPrefix(in.RawPath, "/start/"):
		return answer, put(ctx, "outbox", track, "start")
	case strings.HasPrefix(in.RawPath, "/answer/"):
		if err := put(ctx, "track", track, "answered"); err != nil {
			return answer, err
		}
		return answer, put(ctx, "outbox", track, "complete")
	}
	answer.StatusCode = 404
	return answer, nil
}

// planStep waits until the track was answered.
func planStep(ctx context.Context, in task) (map[string]any, error) {
	out := map[string]any{"v": 1, "track": in.Track, "generation": in.Generation, "next": "AwaitReply", "wait": 1, "seconds": 86400}
	status, err := get(ctx, "track", in.Track)
	if status == "answered" {
		out["next"] = "RecordOutcome"
	}
	return out, err
}

func registerWait(ctx context.Context, in task) (struct{}, error) {
	if err := put(ctx, "token", in.Track, in.Token); err != nil {
		return struct{}{}, err
	}
	return struct{}{}, put(ctx, "track", in.Track, "waiting")
}

func recordOutcome(ctx context.Context, in task) (map[string]any, error) {
	return map[string]any{"next": "Stop"}, put(ctx, "track", in.Track, "done")
}

func dispatch(ctx context.Context) (map[string]int, error) {
	out, err := table.Query(ctx, &dynamodb.QueryInput{
		TableName: name, KeyConditionExpression: aws.String("pk = :pk"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": &types.AttributeValueMemberS{Value: "outbox"}},
	})
	if err != nil {
		return nil, err
	}
	for _, row := range out.Items {
		if err := deliver(ctx, text(row["sk"]), text(row["value"])); err != nil {
			return nil, err
		}
	}
	return map[string]int{"delivered": len(out.Items)}, nil
}

func deliver(ctx context.Context, track, what string) error {
	var err error
	switch what {
	case "start":
		input, _ := json.Marshal(map[string]any{"v": 1, "track": track, "generation": 1}) // it can be
		_, err = steps.StartExecution(ctx, &sfn.StartExecutionInput{
			StateMachineArn: aws.String(os.Getenv("TAKEDOWN_TRACK_MACHINE")), Name: aws.String(strings.ReplaceAll(track, "_", "-") + "-1"), Input: aws.String(string(input)),
		})
	case "complete":
		token, found := get(ctx, "token", track)
		if found != nil {
			return found
		}
		_, err = steps.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: aws.String(token), Output: aws.String(`{"v":1}`)})
	}
	if err != nil {
		return fmt.Errorf("deliver %s to %s: %w", what, track, err)
	}
	_, err = table.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: name, Key: key("outbox", track)})
	return err
}
