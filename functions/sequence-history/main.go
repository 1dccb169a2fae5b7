// Command sequence-history is the Lambda function of that name.
//
// Trigger: a schedule, every minute.
// Idempotent on: the log head, by compare-and-swap.
// Retried by: the next run.
// Terminal errors: InvalidInput.
package main

import "github.com/ontdox/takedown/internal/boot/cloud"

func main() { cloud.Lambda("sequence-history") }
