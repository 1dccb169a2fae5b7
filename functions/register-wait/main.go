// Command register-wait is the Lambda function of that name.
//
// Trigger: both machines, every state that waits.
// Idempotent on: the wait's number; a newer token replaces an older one.
// Retried by: the machine (Conflict, Unavailable).
// Terminal errors: InvalidInput; StaleInput leads back to PlanStep.
package main

import "github.com/ontdox/takedown/internal/boot/cloud"

func main() { cloud.Lambda("register-wait") }
