// Command triage is the Lambda function of that name.
//
// Trigger: the case machine, state Triage.
// Idempotent on: case id and generation.
// Retried by: the machine (Conflict, Unavailable).
// Terminal errors: InvalidInput.
package main

import "github.com/ontdox/takedown/internal/boot/cloud"

func main() { cloud.Lambda("triage") }
