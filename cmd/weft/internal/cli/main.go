package cli

import (
	"context"
	"os"
	"os/signal"
	"slices"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/cmd/weft/internal/root"
)

// Main runs weft and returns its exit code; package env has their meaning.
func Main(args []string, e *env.Env) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	cmd := root.Command(e)
	cmd.SetArgs(args)
	cmd.SetIn(e.In)
	cmd.SetOut(e.Out)
	cmd.SetErr(e.Err)
	err := cmd.ExecuteContext(ctx)
	if err == nil {
		return env.ExitOK
	}
	e.JSON = e.JSON || slices.Contains(args, "--json") // a flag before it may be the mistake
	return e.Fail(err)
}
