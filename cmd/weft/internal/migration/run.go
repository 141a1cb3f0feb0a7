package migration

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/migrate"
)

// done is what up, down and baseline print of one schema.
type done struct {
	Schema string   `json:"schema,omitempty"`
	Files  []string `json:"files"`
}

func printDone(e *env.Env, list []done, verb, none string) error {
	if list == nil {
		return nil
	}
	return e.Print(list, func(w io.Writer) error {
		for _, d := range list {
			prefix := ""
			if d.Schema != "" {
				prefix = d.Schema + ": "
			}
			for _, name := range d.Files {
				fmt.Fprintf(w, "%s%s %s\n", prefix, verb, name)
			}
			if len(d.Files) == 0 {
				fmt.Fprintf(w, "%s%s\n", prefix, none)
			}
		}
		return nil
	})
}

func (g *group) progress() migrate.Option {
	return migrate.OnEvent(func(x migrate.Event) {
		if !x.Done {
			g.Progress("%s ...", x.Name)
		}
	})
}

func (g *group) up() *cobra.Command {
	var to int64
	var destructive, anyOrder bool
	cmd := &cobra.Command{
		Use: "up", Short: "Apply the migrations that are pending", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := g.knowsSteps(); err != nil {
				return err
			}
			opts := []migrate.Option{g.progress(), migrate.To(to)}
			if destructive {
				opts = append(opts, migrate.AllowDestructive())
			}
			if anyOrder {
				opts = append(opts, migrate.AllowOutOfOrder())
			}
			var list []done
			err := g.each(cmd.Context(), opts, func(schema string, m *migrate.Migrator) error {
				names, err := m.Up(cmd.Context())
				if err == nil || len(names) > 0 {
					list = append(list, done{schema, nonNil(names)})
				}
				return err
			})
			if printing := printDone(g.Env, list, "applied", "nothing is pending"); err == nil {
				err = printing
			}
			return err
		},
	}
	cmd.Flags().Int64Var(&to, "to", 0, "last version to apply")
	cmd.Flags().BoolVar(&destructive, "allow-destructive", false, "run steps that destroy data, and those in whose way rows are")
	cmd.Flags().BoolVar(&anyOrder, "allow-out-of-order", false, "apply files that are older than one that is applied")
	g.tenantFlags(cmd)
	return cmd
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (g *group) down() *cobra.Command {
	var to int64
	steps := 1
	cmd := &cobra.Command{
		Use: "down", Short: "Take applied migrations back", Args: cobra.NoArgs,
		Long: "down takes the youngest migration back, or as many as --steps says, or all above\n--to. What they added goes with the data in it, so it asks first.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := g.knowsSteps(); err != nil {
				return err
			}
			what := fmt.Sprintf("%d migration(s)", steps)
			if to != 0 {
				what = fmt.Sprintf("the migrations above %d", to)
			}
			if err := g.Confirm("Take %s back, with the data in what they added?", what); err != nil {
				return err
			}
			var list []done
			err := g.each(cmd.Context(), []migrate.Option{g.progress(), migrate.To(to)}, func(schema string, m *migrate.Migrator) error {
				names, err := m.Down(cmd.Context(), steps)
				if err == nil || len(names) > 0 {
					list = append(list, done{schema, nonNil(names)})
				}
				return err
			})
			if printing := printDone(g.Env, list, "took back", "nothing is applied above that"); err == nil {
				err = printing
			}
			return err
		},
	}
	cmd.Flags().IntVar(&steps, "steps", 1, "how many to take back")
	cmd.Flags().Int64Var(&to, "to", 0, "version to leave standing")
	cmd.MarkFlagsMutuallyExclusive("steps", "to")
	g.tenantFlags(cmd)
	return cmd
}

func (g *group) status() *cobra.Command {
	cmd := &cobra.Command{
		Use: "status", Short: "Tell what has become of each migration", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			type report struct {
				Schema     string           `json:"schema,omitempty"`
				Migrations []migrate.Status `json:"migrations"`
			}
			var list []report
			err := g.each(cmd.Context(), nil, func(schema string, m *migrate.Migrator) error {
				status, err := m.Status(cmd.Context())
				list = append(list, report{schema, status})
				return err
			})
			if err != nil {
				return err
			}
			return g.Print(list, func(w io.Writer) error {
				for _, r := range list {
					if r.Schema != "" {
						fmt.Fprintf(w, "%s:\n", r.Schema)
					}
					if len(r.Migrations) == 0 {
						fmt.Fprintf(w, "%s has no migrations; weft migrate diff makes the first\n", g.Dir)
					}
					rows := [][]string{}
					for _, s := range r.Migrations {
						rows = append(rows, []string{s.Name, string(s.Condition), remark(s)})
					}
					if err := table(w, rows); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	g.tenantFlags(cmd)
	return cmd
}

// remark is what there is to say about a migration beside its condition.
func remark(s migrate.Status) string {
	switch {
	case s.Condition == migrate.Halfway:
		text := fmt.Sprintf("%d of %d statements were run", s.Done, s.Statements)
		if s.Unsure {
			text += fmt.Sprintf(", and it is not known whether %d was", s.Done+1)
		}
		if s.Problem != "" {
			text += "; " + s.Problem
		}
		return text
	case len(s.Destroys) > 0:
		return "destroys " + fmt.Sprint(s.Destroys)
	case len(s.Obstacles) > 0:
		return "rows are in the way: " + obstacles(s.Obstacles)
	}
	return s.Applied
}

func obstacles(list []migrate.Obstacle) string {
	var texts []string
	for _, o := range list {
		texts = append(texts, o.String())
	}
	return strings.Join(texts, "; ")
}

func (g *group) baseline() *cobra.Command {
	var to int64
	cmd := &cobra.Command{
		Use: "baseline", Short: "Let an existing database adopt migrations", Args: cobra.NoArgs,
		Long: "baseline notes the migrations up to --to, by default all of them, as applied\nwithout running them. Make the first file by diff, and see by check --drift\nthat the database is what it says.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			set, err := g.set()
			if err != nil {
				return err
			}
			last := to
			if last == 0 {
				if set.Last() == nil {
					return env.Mistakef("%s has no migrations; weft migrate diff makes the first", g.Dir)
				}
				last = set.Last().Version
			}
			var list []done
			err = g.each(cmd.Context(), nil, func(schema string, m *migrate.Migrator) error {
				names, err := m.Baseline(cmd.Context(), last)
				list = append(list, done{schema, nonNil(names)})
				return err
			})
			if err != nil {
				return err
			}
			return printDone(g.Env, list, "noted", "nothing to note")
		},
	}
	cmd.Flags().Int64Var(&to, "to", 0, "last version to note")
	g.tenantFlags(cmd)
	return cmd
}

func (g *group) log() *cobra.Command {
	statements := -1
	cmd := &cobra.Command{
		Use: "log VERSION", Short: "Note a migration as applied without running it", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			version, err := versionOf(args[0])
			if err != nil {
				return err
			}
			var list []done
			err = g.each(cmd.Context(), nil, func(schema string, m *migrate.Migrator) error {
				err := m.Log(cmd.Context(), version, statements)
				if err == nil {
					list = append(list, done{schema, []string{g.name(version)}})
				}
				return err
			})
			verb := "noted as applied"
			if statements >= 0 {
				verb = fmt.Sprintf("noted that %d statements were run of", statements)
			}
			return errors.Join(printDone(g.Env, list, verb, ""), err)
		},
	}
	cmd.Flags().IntVar(&statements, "statements", -1, "how many of its statements were run, when not all")
	g.tenantFlags(cmd)
	return cmd
}

func (g *group) unlog() *cobra.Command {
	cmd := &cobra.Command{
		Use: "unlog VERSION", Short: "Forget that a migration was applied", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			version, err := versionOf(args[0])
			if err != nil {
				return err
			}
			var list []done
			err = g.each(cmd.Context(), nil, func(schema string, m *migrate.Migrator) error {
				err := m.Unlog(cmd.Context(), version)
				if err == nil {
					list = append(list, done{schema, []string{g.name(version)}})
				}
				return err
			})
			return errors.Join(printDone(g.Env, list, "forgot", ""), err)
		},
	}
	g.tenantFlags(cmd)
	return cmd
}

// name is the file of a version, which may be gone.
func (g *group) name(version int64) string {
	if _, set, err := g.Migrations(g.dir); err == nil {
		if f := set.Find(version); f != nil {
			return f.Base()
		}
	}
	return strconv.FormatInt(version, 10)
}
