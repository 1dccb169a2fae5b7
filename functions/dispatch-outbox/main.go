// Command dispatch-outbox is the Lambda function of that name.
//
// Trigger: a schedule, every minute; a change of the table too, once its adapter exists.
// Idempotent on: the row's id; an engine that has it says so.
// Retried by: the next change or sweep.
// Terminal errors: InvalidInput.
package main

import "github.com/ontdox/takedown/internal/boot/cloud"

func main() { cloud.Lambda("dispatch-outbox") }
