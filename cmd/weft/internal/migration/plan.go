package migration

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/schema"
)

// planned is what diff prints.
type planned struct {
	// File is "" when there is nothing to do, or nothing was written.
	File string `json:"file,omitempty"`
	// Snapshot is the snapshot that was written beside it, "" for none.
	Snapshot string          `json:"snapshot,omitempty"`
	Up       []string        `json:"up"`
	Down     []string        `json:"down"`
	Hazards  []schema.Hazard `json:"hazards"`
}

func (g *group) diff() *cobra.Command {
	var dry, fromSnapshot bool
	var dialect string
	cmd := &cobra.Command{
		Use: "diff NAME", Short: "Plan the next migration", Args: cobra.ExactArgs(1),
		Long: "diff writes a file with the way from the state that the files lead to, to the\nmapping, and back. The state is computed on a scratch database, where the plan\nis run too, both ways; no database with data is asked. With --snapshot the state is\nthat of weft.snapshot.json in the folder, and no database is asked at all.",
		RunE: func(cmd *cobra.Command, args []string) error {
			set, err := g.set()
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("snapshot") {
				g.Snapshot = fromSnapshot
			}
			documents, err := g.documents()
			if err != nil && !(g.Snapshot && errors.Is(err, env.ErrNoDatabase)) {
				return err
			}
			plan := g.draft
			switch {
			case documents:
				plan = g.draftDocuments
			case g.Snapshot:
				plan = func(ctx context.Context, set *migrate.Set, name string) (*migrate.Draft, error) {
					return g.draftFromSnapshot(ctx, set, name, dialect)
				}
			}
			draft, err := plan(cmd.Context(), set, args[0])
			if err != nil {
				return err
			}
			file, snapshot := "", ""
			if draft != nil && !dry {
				if file, err = g.write(draft); err != nil {
					return err
				}
			}
			if !dry {
				if snapshot, err = g.keepState(); err != nil {
					return err
				}
			}
			return g.printDraft(draft, file, snapshot)
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "print the file and write nothing")
	cmd.Flags().BoolVar(&fromSnapshot, "snapshot", false, "plan from the snapshot in the folder, without a database (migrations.snapshot of weft.yaml)")
	cmd.Flags().StringVar(&dialect, "dialect", "", "with --snapshot, for the first file: sqlite, postgres, mysql or mariadb (else that of the database)")
	return cmd
}

// write writes a draft in the format of the folder, and returns the first file.
func (g *group) write(d *migrate.Draft) (string, error) {
	files, err := d.Files(g.Format)
	if err != nil {
		return "", err
	}
	for _, f := range files {
		if err := env.WriteFile(filepath.Join(g.Dir, f.Name), []byte(f.Text)); err != nil {
			return "", err
		}
	}
	return filepath.Join(g.Dir, files[0].Name), nil
}

// draft plans on a scratch database.
func (g *group) draft(ctx context.Context, set *migrate.Set, name string) (*migrate.Draft, error) {
	return g.asking(func(opts []schema.Option) (draft *migrate.Draft, err error) {
		err = g.onScratch(ctx, func(t *env.Target) error {
			objects, err := g.Objects(t.Engine().Caps().Name)
			if err != nil {
				return err
			}
			opts = append(opts, objects...)
			if draft, err = migrate.Plan(ctx, t, set, name, time.Now(), opts...); err != nil {
				return err
			}
			g.state, err = stateOf(t, opts)
			return err
		})
		return draft, err
	})
}

// asking plans, and where somebody can be asked, asks whether what is dropped lives on
// under another name.
func (g *group) asking(plan func(opts []schema.Option) (*migrate.Draft, error)) (*migrate.Draft, error) {
	opts := []schema.Option{schema.Ignore(g.Ignore...)}
	asked := map[string]bool{}
	for {
		draft, err := plan(slices.Clone(opts))
		if err != nil || draft == nil || !g.Interactive || g.Yes {
			return draft, err
		}
		renamed, err := g.askRename(draft, asked)
		if err != nil || renamed == nil {
			return draft, err
		}
		opts = append(opts, renamed)
	}
}

// askRename asks about the first pair of a dropped and a new object that nobody was
// asked about; nil when there is none, or none is the other.
func (g *group) askRename(d *migrate.Draft, asked map[string]bool) (schema.Option, error) {
	for _, pair := range d.Script.Candidates() {
		question := pair.Before + "|" + pair.Now
		if asked[question] {
			continue
		}
		asked[question] = true
		answer, err := g.Ask(fmt.Sprintf("is %s the renamed %s? [y/N]", pair.Now, pair.Before))
		if err != nil {
			return nil, err
		}
		if answer = strings.ToLower(answer); answer == "y" || answer == "yes" {
			_, column, isColumn := strings.Cut(pair.Before, ".")
			if !isColumn {
				column = pair.Before
			}
			return schema.Renamed(pair.Now, column), nil
		}
	}
	return nil, nil
}

func (g *group) printDraft(d *migrate.Draft, file, snapshot string) error {
	p := planned{File: file, Snapshot: snapshot, Up: []string{}, Down: []string{}, Hazards: []schema.Hazard{}}
	if d == nil {
		return g.Print(p, func(w io.Writer) error {
			fmt.Fprintln(w, "nothing to do: the files lead to the mapping")
			return wrote(w, snapshot)
		})
	}
	p.Hazards = append(p.Hazards, d.Script.Up.Hazards()...)
	for _, s := range d.Script.Up.Statements {
		p.Up = append(p.Up, s.SQL)
	}
	for _, s := range d.Script.Down.Statements {
		p.Down = append(p.Down, s.SQL)
	}
	return g.Print(p, func(w io.Writer) error {
		if file == "" {
			_, err := io.WriteString(w, d.Text)
			return err
		}
		if err := wrote(w, file, snapshot); err != nil {
			return err
		}
		for _, h := range p.Hazards {
			word := "look at"
			if h.Destroys {
				word = "destroys data:"
			}
			fmt.Fprintf(w, "  %s %s\n", word, h)
			if h.Remedy != "" {
				fmt.Fprintf(w, "    %s\n", h.Remedy)
			}
		}
		return nil
	})
}

// wrote tells of files, those that were written.
func wrote(w io.Writer, files ...string) error {
	for _, file := range files {
		if file == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "wrote %s\n", file); err != nil {
			return err
		}
	}
	return nil
}

func (g *group) new() *cobra.Command {
	cmd := &cobra.Command{
		Use: "new NAME", Short: "Write an empty migration", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			set, err := g.set()
			if err != nil {
				return err
			}
			documents, err := g.documents()
			if err != nil && !errors.Is(err, env.ErrNoDatabase) {
				return err
			}
			empty := migrate.Empty
			if documents {
				empty = migrate.EmptyDocuments
			}
			draft, err := empty(set, args[0], time.Now())
			if err != nil {
				return env.Mistake(err)
			}
			var file string
			if goStep, _ := cmd.Flags().GetBool("go"); goStep {
				name, text := goFile(draft, filepath.Base(g.Dir), documents)
				file = filepath.Join(g.Dir, name)
				err = env.WriteFile(file, []byte(text))
			} else {
				file, err = g.write(draft)
			}
			if err != nil {
				return err
			}
			return g.Print(planned{File: file, Up: []string{}, Down: []string{}, Hazards: []schema.Hazard{}}, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "wrote %s\n", file)
				return err
			})
		},
	}
	cmd.Flags().Bool("go", false, "a step in Go, for a program that mounts the commands")
	return cmd
}

// goFile is a step in Go to be filled in.
func goFile(d *migrate.Draft, pkg string, documents bool) (name, text string) {
	name = strings.TrimSuffix(strings.TrimSuffix(d.File(), ".sql"), ".json") + ".go"
	if documents {
		return name, fmt.Sprintf(`package %s

import (
	"context"

	"github.com/weft-orm/weft/migrate"
)

// Step%d is given to migrate.Load, or to commands.Options.Steps. The target is the *orm.DB
// that the migrator was made for.
var Step%d = migrate.DocumentStep(%d, %q,
	func(ctx context.Context, t migrate.Target) error { return nil },
	func(ctx context.Context, t migrate.Target) error { return nil },
)
`, pkg, d.Version, d.Version, d.Version, d.Name)
	}
	text = fmt.Sprintf(`package %s

import (
	"context"
	"database/sql"

	"github.com/weft-orm/weft/migrate"
)

// Step%d is given to migrate.Load, or to commands.Options.Steps.
var Step%d = migrate.Step(%d, %q,
	func(ctx context.Context, tx *sql.Tx) error { return nil },
	func(ctx context.Context, tx *sql.Tx) error { return nil },
)
`, pkg, d.Version, d.Version, d.Version, d.Name)
	return name, text
}

func (g *group) squash() *cobra.Command {
	var to int64
	cmd := &cobra.Command{
		Use: "squash NAME", Short: "Make one file of several", Args: cobra.ExactArgs(1),
		Long: "squash puts the files up to --to, by default all of them, into one. Databases that\nhave them all take the new one for applied.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := g.knowsSteps(); err != nil {
				return err
			}
			set, err := g.set()
			if err != nil {
				return err
			}
			if to == 0 && set.Last() != nil {
				to = set.Last().Version
			}
			if g.Format != migrate.Goose {
				return env.Mistakef("only files in goose's format can be squashed")
			}
			draft, old, err := migrate.Squash(set, to, args[0])
			if err != nil {
				return err
			}
			if err := g.Confirm("Replace %d files by %s?", len(old), draft.File()); err != nil {
				return err
			}
			if err := g.fittingState(set); err != nil {
				return err
			}
			file, err := g.write(draft)
			if err != nil {
				return err
			}
			var all error
			for _, f := range old {
				if path := filepath.Join(g.Dir, filepath.FromSlash(f.Path)); path != file {
					all = errors.Join(all, os.Remove(path))
				}
			}
			if all != nil {
				return all
			}
			snapshot, err := g.keepState()
			if err != nil {
				return err
			}
			return g.Print(planned{File: file, Snapshot: snapshot, Up: []string{}, Down: []string{}, Hazards: []schema.Hazard{}}, func(w io.Writer) error {
				fmt.Fprintf(w, "wrote %s in place of %d files\n", file, len(old))
				return wrote(w, snapshot)
			})
		},
	}
	cmd.Flags().Int64Var(&to, "to", 0, "last version to take in")
	return cmd
}
