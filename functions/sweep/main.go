// Command sweep is the Lambda function of that name.
//
// Trigger: a schedule, every minute.
// Idempotent on: each thing that is due has its own.
// Retried by: the next run. What it has looked at, verify-content does.
// Terminal errors: InvalidInput.
package main

import (
	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/boot/cloud/looking"
)

func main() { cloud.Lambda("sweep", looking.Part()) }
