// Package lambdahost runs compiled Lambda functions (provided.al2023: one
// executable that polls for work) on this machine, as Lambda runs them there.
// To functions it serves the Runtime API of 2018-06-01, to callers the Invoke
// API of 2015-03-31; aws-sdk-go-v2, LocalStack and a plain HTTP client can
// call it.
//
// Where the behaviour was read, and how sure it is:
//
//   - [api] the AWS API reference, "Invoke" and its exceptions: status codes,
//     header names, 6 MB synchronous, 1 MB asynchronous, the throttling
//     reasons. Certain.
//   - [dg] the AWS developer guide, "Lambda runtime API", "Lambda execution
//     environment lifecycle", "Asynchronous invocation", "Defined runtime
//     environment variables": init limit of 10 s and the second init inside
//     the invocation, two retries after one and two minutes, the environment.
//     Certain as documented.
//   - [rie] the source of aws-lambda-runtime-interface-emulator at bef5c4ba774d
//     (fatalerror, rapid/handlers, rapi/handler): error types, the sentences
//     "Runtime exited with error: …" and "Task timed out after …", the answers
//     to a runtime that speaks out of turn. As sure as that program is like
//     the service; nearly all of it is in an internal tree, so it cannot be
//     imported, and it serves one function without limits.
//   - [seen] texts that people copied from the service: the two sentences on
//     oversized payloads with their odd limits, "Couldn't find valid
//     bootstrap(s)", "Rate Exceeded.". Likely.
//   - [own] our choice where nothing was found; each says so where it is made.
//
// What differs from the service: environments are never frozen between
// invocations, so a function that works on after its answer does go on
// [own]; nothing is authenticated (listen on a loopback address only, and
// remember that every user of the machine reaches it); there are no
// extensions, no layers, no InvokeWithResponseStream (a streamed answer is
// collected, and a fault in its trailers is the invocation's fault); the only
// version is $LATEST; a request that reaches an idle process in the instant
// of its death ends as Runtime.ExitError, since nobody can tell whether it was
// read. Memory is watched, not fenced: see process_linux.go.
package lambdahost
