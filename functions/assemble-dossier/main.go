// Command assemble-dossier is the Lambda function of that name.
//
// Trigger: the track machine, state AssembleDossier.
// Idempotent on: the rung of the track: it has one document.
// Retried by: the machine (Conflict, Unavailable).
// Terminal errors: InvalidInput.
package main

import "github.com/ontdox/takedown/internal/boot/cloud"

func main() { cloud.Lambda("assemble-dossier") }
