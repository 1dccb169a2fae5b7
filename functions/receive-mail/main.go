// Command receive-mail is the Lambda function of that name.
//
// Trigger: EventBridge, S3's "Object Created" in the bucket into which SES puts what it receives.
// Idempotent on: the bytes of the mail; one that is gone from the bucket was taken before.
// Retried by: Lambda, twice; then the event lies in the dead-letter queue and the mail in its bucket.
// Terminal errors: InvalidInput.
package main

import (
	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/boot/cloud/receiving"
)

func main() { cloud.Lambda("receive-mail", receiving.Mail()) }
