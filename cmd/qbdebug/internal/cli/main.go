package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/internal/ask"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1
	exitMistake = 2
)

// Streams are the standard streams of a run.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Terminal reports that Out is a terminal, where colour helps.
	Terminal bool
}

// Standard returns the streams of the process.
func Standard() Streams {
	return Streams{os.Stdin, os.Stdout, os.Stderr, isatty.IsTerminal(os.Stdout.Fd()) && os.Getenv("NO_COLOR") == ""}
}

// Main runs qbdebug and returns its exit code.
func Main(args []string, s Streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	var mistake *ask.Mistake
	if errors.As(err, &mistake) {
		fmt.Fprint(s.Err, mistake.Text("qbdebug"))
		return exitMistake
	}
	fmt.Fprintf(s.Err, "qbdebug: %v\n", err)
	return exitFailure
}

// newRoot makes the command that prints statements, and its sub-commands.
func newRoot(s Streams) *cobra.Command {
	o := &options{streams: s}
	root := &cobra.Command{
		Use:           "qbdebug --models DIR --entity NAME [--where JSON]",
		Short:         "Print what a condition compiles to",
		Long:          "qbdebug reads entities from the Go package in a directory and prints the\nstatements that a condition with its options compiles to.",
		Args:          noArguments,
		SilenceErrors: true, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.print(cmd.Context()) },
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &ask.Mistake{Err: err} })
	o.commonFlags(root.PersistentFlags())
	o.queryFlags(root.Flags())
	root.AddCommand(newEntities(o), newDiagram(o), newPlan(o), newREPL(o))
	return root
}

// noArguments refuses what stands outside of flags.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return ask.Mistakef("unexpected argument %q; conditions are given by --where", args[0])
	}
	return nil
}
