// Package cli is the command line: a file per verb, listed in verbs.go. serve.go and app.go are the only places that wire everything.
//
// Data goes to stdout, words to stderr. Errors are one line with what to do next, and the exit code of docs/cli.md. Responder verbs
// speak to a server over its HTTP API and have the rights of their token, no more.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"tocsin/internal/incident"
	"tocsin/internal/runbook"
)

// Exit codes (docs/cli.md).
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitNotFound = 3
	exitDenied   = 4
	exitConflict = 5
	exitPartly   = 6
	exitOffline  = 7
	exitTimeout  = 8
	exitStopped  = 130
)

// env is the world a verb runs in.
type env struct {
	in       io.Reader
	out, err io.Writer
	environ  []string
	global   globals
}

// fault is an error with its exit code.
type fault struct {
	code int
	err  error
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

// silent is a fault that was told already.
var silent = errors.New("")

func failf(code int, format string, args ...any) error {
	return &fault{code, fmt.Errorf(format, args...)}
}

// Main runs the command line and gives the exit code.
func Main(args []string, in io.Reader, out, errOut io.Writer, environ []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	e := &env{in: in, out: out, err: errOut, environ: environ}
	root := newRoot(e)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	return e.exit(ctx, err)
}

// exit tells an error in one line and gives its code.
func (e *env) exit(ctx context.Context, err error) int {
	if err == nil {
		return exitOK
	}
	if !errors.Is(err, silent) {
		fmt.Fprintf(e.err, "tocsin: %s\n", oneLine(err))
	}
	var f *fault
	var bad *incident.Error
	switch {
	case errors.As(err, &f):
		return f.code
	case errors.As(err, &bad):
		return map[incident.Code]int{incident.Invalid: exitUsage, incident.NotFound: exitNotFound, incident.Forbidden: exitDenied,
			incident.Conflict: exitConflict}[bad.Code]
	case ctx.Err() != nil:
		return exitStopped
	}
	return exitFailed
}

func oneLine(err error) string {
	var p runbook.Problems
	if errors.As(err, &p) {
		return err.Error()
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

func newRoot(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:   "tocsin",
		Short: "Carry out a production incident runbook",
		Long: `Tocsin carries out a production incident runbook: someone declares, it musters roles, war room, document, chat, public word and live
stream, keeps one timeline, and hands back a blameless post-mortem.`,
		Example: `  tocsin drill                              see a real outage carried through the whole runbook; nothing leaves this computer
  tocsin serve                              run it for real
  tocsin declare "Pushes fail" --disrupting --eta 90m --point
  tocsin todo                               what is mine to do now`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	chooses(root)
	root.CompletionOptions.HiddenDefaultCmd = false
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return failf(exitUsage, "%s; see %s --help", strings.ReplaceAll(err.Error(), "\n", " "), cmd.CommandPath())
	})
	for _, g := range groups {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, verb := range g.verbs {
			c := verb(e)
			c.GroupID = g.id
			usage(c)
			root.AddCommand(c)
		}
	}
	e.global.flags(root.PersistentFlags())
	return root
}

// chooses makes a command one that only leads to others: alone it tells which, and an unknown one is wrong usage.
func chooses(c *cobra.Command) {
	c.SuggestionsMinimumDistance = 2
	c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	c.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		hint := "see " + cmd.CommandPath() + " --help"
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			hint = "did you mean " + strings.Join(near, " or ") + "?"
		}
		return failf(exitUsage, "there is no command %q; %s", strings.TrimPrefix(cmd.CommandPath()+" "+args[0], "tocsin "), hint)
	}
}

// usage makes wrong arguments exit with the code of wrong usage, on every level.
func usage(c *cobra.Command) {
	if c.HasSubCommands() && !c.Runnable() {
		chooses(c)
	} else if check := c.Args; check != nil {
		c.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return failf(exitUsage, "%s; see %s --help", err, cmd.CommandPath())
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		usage(sub)
	}
}
