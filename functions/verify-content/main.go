// Command verify-content is the Lambda function of that name.
//
// Trigger: the track machine, state VerifyContent.
// Idempotent on: the job of a track's generation; a result is written once.
// Retried by: the machine (Conflict, Unavailable).
// Terminal errors: InvalidInput.
package main

import (
	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/boot/cloud/fetching"
)

func main() { cloud.Lambda("verify-content", fetching.Part()) }
