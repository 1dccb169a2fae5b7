// Package sfnhttp serves an engine under the protocol of AWS Step Functions:
// JSON 1.0 over HTTP, one POST an action, the action in X-Amz-Target. A client
// of the AWS SDK that is pointed here cannot tell the two apart in what it
// serves: starting, describing, listing and stopping executions, their
// histories, completing and failing tokens, heartbeats, and state machines.
// What it does not serve is answered with UnknownOperationException.
//
// It asks for no signature: it is for loopback, where a test or a tool talks
// to the engine of this machine.
package sfnhttp
