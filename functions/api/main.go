// Command api is the Lambda function of that name.
//
// Trigger: API Gateway, payload format 2.0.
// Idempotent on: the Idempotency-Key of the request.
// Retried by: the client.
// Terminal errors: Unavailable, until the adapters exist; then none: every refusal is an answer.
package main

import "github.com/ontdox/takedown/internal/boot/cloud"

func main() { cloud.Lambda("api") }
