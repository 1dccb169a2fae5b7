// Package lambdahost runs compiled Lambda functions on this machine as Lambda
// runs them there. To a function it is the Runtime API (version 2018-06-01): the
// process asks for the next invocation and posts an answer or an error. To a
// caller it is the Invoke API (version 2015-03-31), spoken by the AWS SDKs, by
// LocalStack and by a plain HTTP client.
//
// One process is one environment: it handles one invocation at a time, is used
// again while it lives, and is replaced after a time-out, a crash or a panic. A
// frozen process between two invocations is not imitated: nothing of ours works
// behind an answer.
//
// What Lambda answers when something goes wrong is the contract here: the
// error types and sentences are those of AWS's guide for custom runtimes and of
// its API reference; where neither gives a sentence, ours stands and the type is
// what callers match.
package lambdahost
