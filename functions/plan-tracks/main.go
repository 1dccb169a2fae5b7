// Command plan-tracks is the Lambda function of that name.
//
// Trigger: the case machine, state PlanTracks.
// Idempotent on: case id and generation; a planned item is planned once.
// Retried by: the machine (Conflict, Unavailable).
// Terminal errors: InvalidInput.
package main

import "github.com/ontdox/takedown/internal/boot/cloud"

func main() { cloud.Lambda("plan-tracks") }
