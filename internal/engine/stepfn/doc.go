// Package stepfn runs executions on AWS Step Functions, over the SDK of AWS. It
// holds no rule: what an execution does stands in statemachines/, what it
// decides in the store.
//
// Every call may be repeated, by the SDK and by the outbox: a start that arrived
// is ExecutionAlreadyExists or the same execution, a completion that arrived is
// TaskTimedOut, and both mean delivered (design §4); everything else only reads.
// So the SDK's own retries stay on, and a call that does not end is cut off and
// becomes Unavailable.
//
// What differs from the engine of one machine: a name is taken within one state
// machine, not across them (API reference of StartExecution: "unique for your
// AWS account, Region, and state machine for 90 days"); the service does not say
// where an execution stands, so that is read from the end of its history; until
// when a Wait state or a retry's interval lasts cannot be read there.
package stepfn
