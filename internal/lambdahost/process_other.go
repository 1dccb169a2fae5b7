//go:build unix && !linux

package lambdahost

import (
	"os"
	"syscall"
)

// ownGroup puts a function into a process group of its own, to be killed as a
// whole.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// residentBytes is not known here: no memory limit is enforced.
func residentBytes(int) int64 { return 0 }

// peakOf is not known here.
func peakOf(*os.ProcessState) int64 { return 0 }
