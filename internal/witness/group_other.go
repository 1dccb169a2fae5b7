//go:build !unix

package witness

import (
	"errors"
	"os/exec"
)

func ownGroup(*exec.Cmd) {}

func killGroup(cmd *exec.Cmd) {
	_ = cmd.Process.Kill() // gone already is fine
}

// freezeGroup and thawGroup need signals that this system does not have.
func freezeGroup(*exec.Cmd) error { return errors.ErrUnsupported }
func thawGroup(*exec.Cmd) error   { return errors.ErrUnsupported }
