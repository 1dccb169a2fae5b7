//go:build unix

package witness

import (
	"os/exec"
	"syscall"
)

// ownGroup lets a service and its children end together, and keeps the
// terminal's Ctrl-C from them: whoever started them ends them.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // gone already is fine
}

// freezeGroup stops a service where it stands, and thawGroup lets it go on.
func freezeGroup(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGSTOP) }
func thawGroup(cmd *exec.Cmd) error   { return syscall.Kill(-cmd.Process.Pid, syscall.SIGCONT) }
