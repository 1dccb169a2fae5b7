// Command takedown runs the whole workflow on one machine, is its command
// line, and verifies its history.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/takedown"
)

// Exit statuses of api.md.
const (
	exitDone    = 0
	exitRefused = 1
	exitUsage   = 2
)

// commands is the command line (api.md).
type commands struct {
	Demo    demoCmd    `cmd:"" help:"Play one case from submission to outcome on a simulated clock, then verify its history."`
	Serve   serveCmd   `cmd:"" help:"Serve the API over one data directory."`
	Token   tokenCmd   `cmd:"" help:"Tokens of the people who work here."`
	History historyCmd `cmd:"" help:"Export the history of a case."`
	Verify  verifyCmd  `cmd:"" help:"Verify an installation or an export: exit 0 only if everything agrees."`
	Law     lawCmd     `cmd:"" help:"What the program assumes of the law."`
	Backup  backupCmd  `cmd:"" help:"Write a consistent backup, while the server runs. It holds no key."`
	Restore restoreCmd `cmd:"" help:"Restore a backup into an empty data directory."`
	Export  exportCmd  `cmd:"" help:"Write a whole deployment into a sealed archive, for one of another shape."`
	Import  importCmd  `cmd:"" help:"Read such an archive into an empty deployment."`
	Doctor  doctorCmd  `cmd:"" help:"Look whether an installation is whole."`
	Machine machineCmd `cmd:"" help:"The state machines."`

	LocalCloud localCloudCmd `cmd:"" help:"The shape for AWS on this machine, without an account."`

	Report    nounCmd    `cmd:"" help:"Reports: see takedown report --list."`
	Case      nounCmd    `cmd:"" help:"Cases."`
	Item      nounCmd    `cmd:"" help:"Items."`
	Document  nounCmd    `cmd:"" help:"Documents."`
	Reply     nounCmd    `cmd:"" help:"Replies."`
	Track     nounCmd    `cmd:"" help:"Tracks."`
	Task      nounCmd    `cmd:"" help:"Tasks."`
	Contact   contactCmd `cmd:"" help:"The register of addressees."`
	Settings  nounCmd    `cmd:"" help:"The organisation's settings."`
	Clock     nounCmd    `cmd:"" help:"Clocks; with a simulated clock: clock advance DURATION."`
	Execution nounCmd    `cmd:"" help:"What the engine runs."`
}

// terminal is where a command reads and writes.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], terminal{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run is main without the process: it gives the exit status.
func run(ctx context.Context, args []string, term terminal) int {
	var cli commands
	exited := -1
	parser, err := kong.New(&cli, kong.Name("takedown"), kong.Writers(term.out, term.err), kong.UsageOnError(),
		kong.Exit(func(code int) { exited = code }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Help(help),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(term))
	if err != nil {
		fmt.Fprintln(term.err, "takedown:", err)
		return exitUsage
	}
	k, err := parser.Parse(args)
	if exited >= 0 { // --help was shown
		return exited
	}
	if err != nil {
		fmt.Fprintf(term.err, "takedown: %v; see %s --help\n", err, commandOf(err))
		return exitUsage
	}
	err = k.Run()
	var usage *usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintln(term.err, "takedown:", usage.line)
		return exitUsage
	}
	if takedown.NameOf(err) == audit.NameVerificationFailed {
		fmt.Fprintln(term.err, sayError(err)) // "line N, entry ID: reason" and nothing else: programs read it
		return exitRefused
	}
	fmt.Fprintln(term.err, "takedown:", sayError(err))
	return exitRefused
}

// commandOf is the command whose help says how a line that was refused is given.
func commandOf(err error) string {
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context != nil {
		if at := wrong.Context.Selected(); at != nil {
			return at.FullPath()
		}
	}
	return "takedown"
}

// usageError is a command that was given wrongly.
type usageError struct{ line string }

func (e *usageError) Error() string { return e.line }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// help shows kong's help and, of a noun of the API, what can be done with it.
func help(options kong.HelpOptions, k *kong.Context) error {
	if err := kong.DefaultHelpPrinter(options, k); err != nil {
		return err
	}
	node := k.Selected()
	if node == nil || nouns[node.Name] == nil {
		return nil
	}
	if _, err := fmt.Fprintln(k.Stdout); err != nil {
		return err
	}
	return listVerbs(node.Name, k.Stdout)
}

// sayError is the one line that says what to do.
func sayError(err error) string {
	line := err.Error()
	var e *takedown.Error
	if errors.As(err, &e) && e.Err != nil {
		line = e.Error() + ": " + e.Err.Error()
	}
	return strings.ReplaceAll(line, "\n", "; ")
}
