package seeding

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/seed"
)

// Settings are the section "seed" of weft.yaml.
type Settings struct {
	// Package is the folder of the package with the seeders.
	Package string `yaml:"package"`
	// Value is the number that values are made from.
	Value uint64 `yaml:"value"`
}

// Command makes the command seed.
func Command(e *env.Env) *cobra.Command {
	c := &command{env: e}
	cmd := &cobra.Command{
		Use:   "seed [NAME...]",
		Short: "Fill the database by the application's seeders",
		Long:  "seed runs the seeders that func Seeders() []seed.Seeder of the package lists, or those\nnamed and what they call, in one transaction where the database has them.",
		RunE:  func(cmd *cobra.Command, names []string) error { return c.run(cmd, names) },
	}
	f := cmd.Flags()
	f.StringVar(&c.settings.Package, "package", "seeds", "folder of the package with the seeders")
	f.Uint64Var(&c.settings.Value, "value", 1, "number that values are made from: the same one makes the same")
	f.BoolVar(&c.clear, "clear", false, "delete all rows of mapped tables first")
	return cmd
}

type command struct {
	env      *env.Env
	settings Settings
	clear    bool
}

func (c *command) run(cmd *cobra.Command, names []string) error {
	var s Settings
	if err := c.env.Section("seed", &s); err != nil {
		return err
	}
	if s.Package != "" && !cmd.Flags().Changed("package") {
		c.settings.Package = s.Package
	}
	if s.Value != 0 && !cmd.Flags().Changed("value") {
		c.settings.Value = s.Value
	}
	if c.clear {
		if err := c.env.Confirm("Delete all rows of all mapped tables?"); err != nil {
			return err
		}
	}
	report, err := c.execute(cmd.Context(), names)
	if err != nil {
		return err
	}
	return c.env.Print(report, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, told(report))
		return err
	})
}

// execute runs the seeders: those of the program the command is mounted in, or
// those of the package.
func (c *command) execute(ctx context.Context, names []string) (*seed.Report, error) {
	if c.env.Own == nil || c.env.Own.Seeders == nil {
		return c.build(ctx, names)
	}
	connector, err := c.env.Connector()
	if err != nil {
		return nil, err
	}
	reg, err := c.env.Registry(ctx)
	if err != nil {
		return nil, err
	}
	db, err := orm.Open(ctx, connector, orm.Registry(reg))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return seed.Execute(ctx, db, c.env.Own.Seeders, seed.Options{Value: c.settings.Value, Only: names, Clear: c.clear})
}

// told is the report as text: "authors, tags: 12 Author, 3 Tag".
func told(r *seed.Report) string {
	var rows []string
	for name, n := range r.Rows {
		rows = append(rows, fmt.Sprintf("%s %d", name, n))
	}
	slices.Sort(rows)
	text := strings.Join(r.Seeders, ", ")
	if len(rows) > 0 {
		text += ": " + strings.Join(rows, ", ")
	}
	return text
}
