// Command api is the Lambda function of that name.
//
// Trigger: API Gateway, payload format 2.0.
// Idempotent on: the Idempotency-Key of the request.
// Retried by: the client.
// Terminal errors: InvalidInput, for what is no event of the gateway; every other refusal is an answer.
package main

import (
	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/boot/cloud/httpapi"
)

func main() { cloud.Lambda("api", httpapi.Part()) }
