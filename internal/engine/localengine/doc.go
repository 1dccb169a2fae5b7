// Package localengine runs state machines inside this process and keeps them
// in a SQLite file, so that executions, timers, tokens and retries survive a
// kill at any instant.
//
// One goroutine, the committer, makes every change: it takes all requests that
// are ready (starts, completions, results, due timers), moves each execution
// with the interpreter of package asl, writes all of them in one transaction
// and only then lets anybody see it: callers get their answers, handlers their
// calls. States that only pass cost no write of their own. A handler that was
// under way when the process died is called again; a task whose result was
// committed never is.
//
// Case time (timers, time-outs, retry intervals) is Options.Now, which may be
// simulated and stand still. Nothing here polls.
package localengine
