// Command send-document is the Lambda function of that name.
//
// Trigger: the track machine, states SendDocument and SendFailed.
// Idempotent on: the dispatch number and its lease.
// Retried by: the machine (MailTemporary, Conflict, Unavailable).
// Terminal errors: InvalidInput.
package main

import (
	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/boot/cloud/mailing"
)

func main() { cloud.Lambda("send-document", mailing.Part()) }
