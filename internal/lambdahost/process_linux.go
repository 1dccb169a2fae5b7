package lambdahost

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// ownGroup puts a function into a process group of its own, to be killed as a
// whole, and has the kernel kill it if the host dies without a word.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// residentBytes is what a process holds of the machine's memory now; 0 if it
// is gone.
//
// Memory is enforced by looking, every memoryPeriod while the function runs,
// and killing it above its limit, which gives the very end that Lambda gives
// (signal: killed). RLIMIT_AS would not: Go reserves far more address space
// than it uses, and dies of a refusal with "exit status 2". A cgroup would be
// exact but needs rights that a test and an ordinary user do not have. So a
// function can overshoot for some milliseconds, and what its children use is
// not counted.
func residentBytes(pid int) int64 {
	statm, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(statm))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// peakOf is the most that an ended process held, in bytes.
func peakOf(state *os.ProcessState) int64 {
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		return usage.Maxrss << 10
	}
	return 0
}
