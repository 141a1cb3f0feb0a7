package root

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/doctor"
	"github.com/weft-orm/weft/cmd/weft/internal/entities"
	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/cmd/weft/internal/gen"
	"github.com/weft-orm/weft/cmd/weft/internal/migration"
	"github.com/weft-orm/weft/cmd/weft/internal/seeding"
	"github.com/weft-orm/weft/cmd/weft/internal/start"
	"github.com/weft-orm/weft/cmd/weft/internal/tables"
	"github.com/weft-orm/weft/cmd/weft/internal/viewing"
)

// groups are the constructors of all groups of commands.
var groups = []func(*env.Env) *cobra.Command{
	start.Command,
	migration.Command,
	tables.Command,
	entities.Command,
	seeding.Command,
	viewing.Command,
	gen.Command,
	doctor.Command,
}

// Command makes the command that holds all groups, with the flags they share.
func Command(e *env.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "weft", Short: "Tools for applications built on weft",
		SilenceErrors: true, SilenceUsage: true,
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return env.Mistake(err) })
	e.Flags(cmd.PersistentFlags())
	for _, group := range groups {
		cmd.AddCommand(group(e))
	}
	mistakes(cmd)
	return cmd
}

// mistakes gives refused arguments the exit code of mistakes. A command that only holds
// others would take any word for a wish for help, and end well.
func mistakes(cmd *cobra.Command) {
	if cmd.HasSubCommands() && !cmd.Runnable() {
		cmd.Args = known
		cmd.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	}
	if check := cmd.Args; check != nil {
		cmd.Args = func(c *cobra.Command, args []string) error {
			err := check(c, args)
			if err != nil && !errors.As(err, new(*env.CodeError)) {
				err = env.Mistake(err)
			}
			return err
		}
	}
	for _, sub := range cmd.Commands() {
		mistakes(sub)
	}
}

// known refuses what is no command.
func known(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return env.Mistakef("unknown command %q; see %s --help", args[0], cmd.CommandPath())
	}
	return nil
}
