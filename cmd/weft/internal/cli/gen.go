package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/gen"
	"github.com/weft-orm/weft/mapper/gotypes"
)

// newGen makes the sub-command gen.
func newGen(errs io.Writer) *cobra.Command {
	check := false
	cmd := &cobra.Command{
		Use:   "gen [--check] [DIR...]",
		Short: "Write the property paths of a package's entities",
		Long:  "gen writes " + gen.File + " into each package, the current one by default, with\nthe paths of its entities' properties as Go code.",
		RunE: func(cmd *cobra.Command, dirs []string) error {
			if len(dirs) == 0 {
				dirs = []string{"."}
			}
			var all error
			for _, dir := range dirs {
				all = errors.Join(all, generate(cmd.Context(), dir, check, errs))
			}
			return all
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; fail when a file is not up to date")
	return cmd
}

func generate(ctx context.Context, dir string, check bool, errs io.Writer) error {
	reg, report, err := gotypes.Load(ctx, dir, gotypes.Options{})
	if err != nil {
		return err
	}
	for _, u := range report.Unknown {
		fmt.Fprintf(errs, "weft: %s\n", u)
	}
	source, ok, err := gen.Source(reg, report.Name, report.Package)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%s %w", dir, errNone)
	}
	file := filepath.Join(dir, gen.File)
	old, err := os.ReadFile(file)
	switch {
	case err == nil && bytes.Equal(old, source):
		return nil
	case check:
		return fmt.Errorf("%s: %w", file, errStale)
	}
	return os.WriteFile(file, source, 0o644)
}
