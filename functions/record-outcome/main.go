// Command record-outcome is the Lambda function of that name.
//
// Trigger: the track machine, state RecordOutcome.
// Idempotent on: a track that has ended is left alone.
// Retried by: the machine (Conflict, Unavailable).
// Terminal errors: InvalidInput.
package main

import "github.com/ontdox/takedown/internal/boot/cloud"

func main() { cloud.Lambda("record-outcome") }
