// Command send-digest is the Lambda function of that name.
//
// Trigger: a schedule, every 15 minutes; the hour of the digests stands in the settings.
// Idempotent on: the person and the day.
// Retried by: the next run; a digest that may have gone out is never sent again.
// Terminal errors: InvalidInput.
package main

import (
	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/boot/cloud/mailing"
)

func main() { cloud.Lambda("send-digest", mailing.Digests()) }
