// Command mail-event is the Lambda function of that name.
//
// Trigger: EventBridge, SES's events of the configuration set: what became of a mail.
// Idempotent on: the dispatch and what happened to it.
// Retried by: Lambda, twice; then the event lies in the dead-letter queue.
// Terminal errors: InvalidInput.
package main

import (
	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/boot/cloud/receiving"
)

func main() { cloud.Lambda("mail-event", receiving.Events()) }
