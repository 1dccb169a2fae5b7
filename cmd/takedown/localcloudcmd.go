package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/ontdox/takedown/internal/witness"
)

// localCloudCmd runs the shape for AWS on this machine, on services that are
// not ours.
type localCloudCmd struct {
	Up       localUpCmd       `cmd:"" help:"Run the whole shape for AWS on this machine: services, the stack of infra/template.yaml, its compiled functions and the API before them."`
	Install  localInstallCmd  `cmd:"" help:"Install services and tools into the cache and print where they stand."`
	Services localServicesCmd `cmd:"" help:"Start services, run a command with their endpoints in its environment, and end them."`
}

type localInstallCmd struct {
	Names []string `arg:"" optional:"" help:"Which (default: all)."`
}

// Run installs and prints one directory a line, in the order asked for.
func (c *localInstallCmd) Run(ctx context.Context, term terminal) error {
	cache, err := cacheFor(term)
	if err != nil {
		return err
	}
	names := c.Names
	if len(names) == 0 {
		names = witness.Names()
	}
	if err := cache.Install(ctx, names...); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := fmt.Fprintln(term.out, cache.Path(name)); err != nil {
			return err
		}
	}
	return nil
}

type localServicesCmd struct {
	Only    []string `help:"Which services (default: all)." sep:","`
	Command []string `arg:"" passthrough:"" help:"The command and its arguments, after --."`
}

// Run ends with the command's failure, if it fails.
func (c *localServicesCmd) Run(ctx context.Context, term terminal) error {
	command := c.Command
	if len(command) > 0 && command[0] == "--" {
		command = command[1:]
	}
	if len(command) == 0 {
		return usagef("say which command to run: takedown local-cloud services -- COMMAND")
	}
	cache, err := cacheFor(term)
	if err != nil {
		return err
	}
	names := c.Only
	if len(names) == 0 {
		names = witness.Services()
	}
	running, err := cache.StartAll(ctx, names...)
	if err != nil {
		return err
	}
	defer running.Stop()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // the user's own command
	cmd.Env = append(os.Environ(), running.Environment()...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = term.in, term.out, term.err
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(command, " "), err)
	}
	return nil
}

func cacheFor(term terminal) (witness.Cache, error) {
	cache, err := witness.DefaultCache()
	cache.Progress = func(line string) { _, _ = fmt.Fprintln(term.err, line) } // progress only
	return cache, err
}
