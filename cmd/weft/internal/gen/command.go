package gen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/mapper/gotypes"
)

// Command makes the command gen.
func Command(e *env.Env) *cobra.Command {
	check := false
	cmd := &cobra.Command{
		Use:   "gen [--check] [DIR...]",
		Short: "Write the property paths of a package's entities",
		Long:  "gen writes " + File + " into each package, the current one by default, with\nthe paths of its entities' properties as Go code.",
		RunE: func(cmd *cobra.Command, dirs []string) error {
			if len(dirs) == 0 {
				models, err := e.Models()
				if err != nil {
					return err
				}
				dirs = []string{models}
			}
			var all error
			for _, dir := range dirs {
				all = errors.Join(all, generate(cmd.Context(), e, dir, check))
			}
			return all
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; fail when a file is not up to date")
	return cmd
}

func generate(ctx context.Context, e *env.Env, dir string, check bool) error {
	reg, report, err := gotypes.Load(ctx, dir, gotypes.Options{})
	if err != nil {
		return err
	}
	for _, u := range report.Unknown {
		fmt.Fprintf(e.Err, "weft: %s\n", u)
	}
	source, ok, err := Source(reg, report.Name, report.Package)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%s %w", dir, errNone)
	}
	file := filepath.Join(dir, File)
	old, err := os.ReadFile(file)
	switch {
	case err == nil && bytes.Equal(old, source):
		return nil
	case check:
		return env.Difference(fmt.Errorf("%s: %w", file, errStale))
	}
	return env.WriteFile(file, source)
}
