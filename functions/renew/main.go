// Command renew is the Lambda function of that name.
//
// Trigger: the track machine, state Renew.
// Idempotent on: the generation: after it, it is stale.
// Retried by: the machine (Conflict, Unavailable).
// Terminal errors: InvalidInput.
package main

import "github.com/ontdox/takedown/internal/boot/cloud"

func main() { cloud.Lambda("renew") }
