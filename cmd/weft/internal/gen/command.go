package gen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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
			out := written{Files: []string{}}
			for _, dir := range dirs {
				file, err := generate(cmd.Context(), e, dir, check)
				if all = errors.Join(all, err); file != "" {
					out.Files = append(out.Files, file)
				}
			}
			return errors.Join(all, e.Print(out, func(w io.Writer) error { return nil })) // a compiler of Go is silent too
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; fail when a file is not up to date")
	return cmd
}

// written is what gen prints with --json.
type written struct {
	// Files are those that were not up to date.
	Files []string `json:"files"`
}

// generate writes the file of a package, and returns its name unless it was up to date.
func generate(ctx context.Context, e *env.Env, dir string, check bool) (string, error) {
	reg, report, err := gotypes.Load(ctx, dir, gotypes.Options{})
	if err != nil {
		return "", err
	}
	for _, u := range report.Unknown {
		e.Notice("%s", u)
	}
	source, ok, err := Source(reg, report.Name, report.Package)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fmt.Errorf("%s %w", dir, errNone)
	}
	file := filepath.Join(dir, File)
	old, err := os.ReadFile(file)
	switch {
	case err == nil && bytes.Equal(old, source):
		return "", nil
	case check:
		return file, env.Difference(fmt.Errorf("%s: %w", file, errStale))
	}
	return file, env.WriteFile(file, source)
}
