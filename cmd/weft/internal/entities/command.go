package entities

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/naming"
)

// Command makes the command entities.
func Command(e *env.Env) *cobra.Command {
	c := &command{env: e}
	cmd := &cobra.Command{
		Use:   "entities",
		Short: "Write Go entities for a database that exists",
		Long: "entities reads the tables and views of the database and writes a Go file for each\nentity into the package, NAME_weft.go, with a file NAME.go beside it that is yours.\n" +
			"Run it again after the database changed: what you wrote yourself stays.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd) },
	}
	f := cmd.Flags()
	f.StringVarP(&c.flags.Out, "out", "o", "", "folder of the package (else that of --models)")
	f.StringVar(&c.flags.Package, "package", "", "name of the package (else that of the folder)")
	f.StringVar(&c.flags.Style, "style", "", "tags, or define: plain structs mapped in code")
	f.StringSliceVar(&c.flags.Schemas, "schema", nil, "schemas to read (else the connection's own)")
	f.StringSliceVar(&c.flags.Take, "take", nil, "tables to take, by patterns like 'film_*'")
	f.StringSliceVar(&c.flags.Skip, "skip", nil, "tables to leave out, by patterns")
	f.BoolVar(&c.flags.ScalarIDs, "scalar-ids", false, "put the foreign key beside each reference")
	f.StringVar(&c.overrides, "overrides", "", "file with names and types, as the section entities of weft.yaml")
	f.BoolVar(&c.write.Check, "check", false, "write nothing; fail when a file is not up to date")
	f.BoolVar(&c.write.Force, "force", false, "write over generated files that were changed by hand")
	f.BoolVar(&c.write.NoOwn, "no-own", false, "make no files for your own code")
	return cmd
}

type command struct {
	env       *env.Env
	flags     Options
	overrides string
	write     WriteOptions
}

// skipped are the tables of tools that keep their own books in a database.
var skipped = []string{"goose_db_version", "schema_migrations", "weft_*", "atlas_schema_revisions", "flyway_schema_history", "sqlite_*"}

// options puts configuration, file and flags together; the later win.
func (c *command) options(cmd *cobra.Command) (Options, error) {
	var o Options
	if err := c.env.Section("entities", &o); err != nil {
		return o, err
	}
	if c.overrides != "" {
		text, err := os.ReadFile(c.overrides)
		if err != nil {
			return o, env.Mistake(err)
		}
		d := yaml.NewDecoder(bytes.NewReader(text))
		d.KnownFields(true)
		if err := d.Decode(&o); err != nil && !errors.Is(err, io.EOF) {
			return o, env.Mistake(fmt.Errorf("%s: %w", c.overrides, err))
		}
	}
	set := cmd.Flags().Changed
	for _, s := range []struct {
		flag     string
		to, from *string
	}{{"out", &o.Out, &c.flags.Out}, {"package", &o.Package, &c.flags.Package}, {"style", &o.Style, &c.flags.Style}} {
		if set(s.flag) {
			*s.to = *s.from
		}
	}
	for _, s := range []struct {
		flag     string
		to, from *[]string
	}{{"schema", &o.Schemas, &c.flags.Schemas}, {"take", &o.Take, &c.flags.Take}, {"skip", &o.Skip, &c.flags.Skip}} {
		if set(s.flag) {
			*s.to = *s.from
		}
	}
	if set("scalar-ids") {
		o.ScalarIDs = c.flags.ScalarIDs
	}
	return c.completed(cmd, o)
}

// completed fills in what follows from the environment.
func (c *command) completed(cmd *cobra.Command, o Options) (Options, error) {
	if o.Naming == "" && (cmd.Flags().Changed("naming") || c.configured()) {
		s, err := c.env.Naming()
		if err != nil {
			return o, err
		}
		o.Naming = nameOf(s)
	}
	if o.Out == "" {
		dir, err := c.env.Models()
		if err != nil {
			return o, err
		}
		o.Out = dir
	}
	o.Skip = slices.Concat(o.Skip, skipped)
	if err := o.check(); err != nil {
		return o, env.Mistake(err)
	}
	return o, nil
}

// configured reports that weft.yaml names a strategy.
func (c *command) configured() bool {
	config, err := c.env.Config()
	return err == nil && config.Naming != ""
}

func nameOf(s naming.Strategy) string {
	for _, n := range namings {
		if other, _ := naming.Parse(n); other == s {
			return n
		}
	}
	return ""
}

func (c *command) run(cmd *cobra.Command) error {
	o, err := c.options(cmd)
	if err != nil {
		return err
	}
	own, pkg, err := Declared(o.Out)
	if err != nil {
		return err
	}
	if o.Package == "" {
		o.Package = packageOf(o.Out, pkg)
	}
	db, err := c.inspect(cmd.Context(), o)
	if err != nil {
		return err
	}
	result, err := Generate(db, o, own)
	if errors.Is(err, ErrOption) {
		return env.Mistake(err)
	}
	if err != nil {
		return err
	}
	report, err := Write(o.Out, result, c.write)
	if err != nil {
		return err
	}
	if c.write.Check {
		return c.checked(o.Out, report)
	}
	return c.env.Print(output{o.Out, result.Naming, result.Entities, result.Notes, report}, func(w io.Writer) error {
		if err := report.print(w, o.Out, result); err != nil {
			return err
		}
		return c.tellNaming(w, result)
	})
}

// tellNaming says what the other commands have to be told: they read the entities from
// source, and a strategy that is not theirs would make other tables.
func (c *command) tellNaming(w io.Writer, result *Result) error {
	theirs, err := c.env.Naming()
	if err != nil {
		return err
	}
	found, err := naming.Parse(result.Naming)
	if err != nil || found == theirs {
		return err
	}
	_, err = fmt.Fprintf(w, "  say \"naming: %s\" in weft.yaml, which the other commands go by\n", result.Naming)
	return err
}

// inspect reads the database.
func (c *command) inspect(ctx context.Context, o Options) (*Database, error) {
	if c.env.Own == nil || c.env.Own.Connector == nil {
		a, err := c.env.Address()
		if err != nil {
			return nil, err
		}
		if a.Kind == "mongo" {
			_, _, arguments := a.Program()
			return InspectMongo(ctx, arguments[0], arguments[1], o)
		}
	}
	engine, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	return Inspect(ctx, engine, o)
}

// open opens the database without changing it: a SQLite file must exist.
func (c *command) open(ctx context.Context) (driver.Engine, error) {
	if c.env.Own != nil && c.env.Own.Connector != nil {
		return c.env.Open(ctx)
	}
	a, err := c.env.Address()
	if err != nil {
		return nil, err
	}
	connector, err := a.ReadOnly()
	if err != nil {
		return nil, env.Mistake(err)
	}
	return connector.Connect(ctx)
}

// output is the result as JSON.
type output struct {
	Out      string   `json:"out"`
	Naming   string   `json:"naming"`
	Entities []string `json:"entities"`
	Notes    []string `json:"notes"`
	*Report
}

// checked prints, as JSON, which files are not up to date; as text a check that finds nothing
// is silent.
func (c *command) checked(dir string, r *Report) error {
	names := []string{}
	for _, n := range slices.Concat(r.Written, r.Removed) {
		names = append(names, filepath.Join(dir, n))
	}
	var stale error
	if r.Stale() {
		stale = env.Difference(fmt.Errorf("%s: %w", strings.Join(names, ", "), ErrStale))
	}
	printed := c.env.Print(map[string]any{"agree": stale == nil, "differences": names}, func(io.Writer) error { return nil })
	return errors.Join(printed, stale)
}

func (r *Report) print(w io.Writer, dir string, result *Result) error {
	_, err := fmt.Fprintf(w, "%s: %d entities, names as %s; files: %d written, %d removed, %d unchanged, %d new for you\n",
		dir, len(result.Entities), result.Naming, len(r.Written), len(r.Removed), r.Unchanged, len(r.Made))
	for _, n := range result.Notes {
		if err == nil {
			_, err = fmt.Fprintln(w, "  "+n)
		}
	}
	return err
}

// packageOf is the name of the package of a folder: what its files say, else the
// folder's own name as far as that can be one.
func packageOf(dir, declared string) string {
	if declared != "" {
		return declared
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "entities"
	}
	name := strings.ToLower(strings.Map(func(r rune) rune {
		if r == '-' || r == '.' || r == ' ' {
			return -1
		}
		return r
	}, filepath.Base(abs)))
	if !isIdentifier(name) {
		return "entities"
	}
	return name
}
