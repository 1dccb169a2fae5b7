// Command plan-step is the Lambda function of that name.
//
// Trigger: the track machine, state PlanStep.
// Idempotent on: track id and generation; the same answer until something changes.
// Retried by: the machine (Conflict, Unavailable).
// Terminal errors: InvalidInput.
package main

import "github.com/ontdox/takedown/internal/boot/cloud"

func main() { cloud.Lambda("plan-step") }
