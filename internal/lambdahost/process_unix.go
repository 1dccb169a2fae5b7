//go:build unix

package lambdahost

import "syscall"

// killGroup kills a process and what it started. That none is left is no
// error.
func killGroup(leader int) { _ = syscall.Kill(-leader, syscall.SIGKILL) }
