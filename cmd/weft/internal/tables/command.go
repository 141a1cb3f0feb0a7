package tables

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/schema"
)

// group is what the commands share.
type group struct {
	*env.Env
	wildcard string
	ignore   []string
}

// Command makes the command schema with its sub-commands.
func Command(e *env.Env) *cobra.Command {
	g := &group{Env: e}
	cmd := &cobra.Command{
		Use: "schema", Short: "Compare tables with the mapping, make, empty and drop them",
		Long: "schema works on the tables of the entities without a history. It is for development\nand tests; databases that matter are changed by weft migrate.",
	}
	cmd.PersistentFlags().StringVar(&g.wildcard, "in-schema", "", "schema that stands for * in the mapping")
	cmd.AddCommand(g.diff(), g.apply(), g.dump(), g.inspect(), g.clear(), g.drop(), g.create())
	return cmd
}

// options are those of package schema, from flags and the section "schema" of weft.yaml.
func (g *group) options() ([]schema.Option, error) {
	config, err := g.Schema()
	if err != nil {
		return nil, err
	}
	return []schema.Option{schema.InSchema(g.wildcard), schema.Ignore(slices.Concat(config.Ignore, g.ignore)...)}, nil
}

// with opens the database with the entities.
func (g *group) with(ctx context.Context, fn func(t *env.Target, opts []schema.Option) error) error {
	opts, err := g.options()
	if err != nil {
		return err
	}
	t, err := g.Target(ctx)
	if err != nil {
		return err
	}
	objects, err := g.Objects(t.Engine().Caps().Name)
	if err != nil {
		return errors.Join(err, t.Close())
	}
	return errors.Join(fn(t, append(opts, objects...)), t.Close())
}

// planned is what a plan is printed as.
type planned struct {
	Statements []string        `json:"statements"`
	Hazards    []schema.Hazard `json:"hazards"`
}

func (g *group) print(p *schema.Plan, none string) error {
	out := planned{[]string{}, append([]schema.Hazard{}, p.Hazards()...)}
	for _, s := range p.Statements {
		out.Statements = append(out.Statements, s.SQL)
	}
	return g.Print(out, func(w io.Writer) error {
		if p.IsEmpty() && none != "" {
			_, err := fmt.Fprintln(w, none)
			return err
		}
		_, err := io.WriteString(w, p.String())
		for _, h := range p.Hazards() {
			fmt.Fprintf(w, "-- %s\n", h)
		}
		return err
	})
}

const agree = "the tables are what the mapping says"

func (g *group) diff() *cobra.Command {
	check := false
	cmd := &cobra.Command{
		Use: "diff", Short: "Print what would bring the tables to the mapping", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.with(cmd.Context(), func(t *env.Target, opts []schema.Option) error {
				p, err := schema.Diff(cmd.Context(), t, opts...)
				if err == nil {
					err = g.print(p, agree)
				}
				if err == nil && check && !p.IsEmpty() {
					err = env.Difference(errors.New("the tables differ from the mapping"))
				}
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "fail with exit code 3 when there is a difference")
	return cmd
}

func (g *group) apply() *cobra.Command {
	addOnly := false
	cmd := &cobra.Command{
		Use: "apply", Short: "Bring the tables to the mapping", Args: cobra.NoArgs,
		Long: "apply runs what diff prints, and asks first when that destroys data. On MongoDB it\nmakes the collections, indexes and validators that are missing.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return g.with(ctx, func(t *env.Target, opts []schema.Option) error {
				if addOnly {
					opts = append(opts, schema.AddOnly())
				}
				p, err := schema.Diff(ctx, t, opts...)
				if errors.Is(err, schema.ErrNoSchema) {
					if err := schema.Ensure(ctx, t, opts...); err != nil {
						return err
					}
					return g.Print(planned{[]string{}, []schema.Hazard{}}, func(w io.Writer) error {
						_, err := fmt.Fprintln(w, "the collections, indexes and validators of the mapping are there")
						return err
					})
				}
				if err != nil {
					return err
				}
				if lost := p.Destroys(); len(lost) > 0 {
					if err := g.Confirm("This destroys the data of %s. Go on?", strings.Join(lost, ", ")); err != nil {
						return err
					}
				}
				if err := schema.Apply(ctx, t, p); err != nil {
					return err
				}
				return g.print(p, agree)
			})
		},
	}
	cmd.Flags().BoolVar(&addOnly, "add-only", false, "change and remove nothing that exists")
	return cmd
}

func (g *group) dump() *cobra.Command {
	var dialect string
	cmd := &cobra.Command{
		Use: "dump", Short: "Print the statements that make the tables of the mapping", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := g.Dialect(cmd.Context(), dialect)
			if err != nil {
				return err
			}
			reg, err := g.Registry(cmd.Context())
			if err != nil {
				return err
			}
			objects, err := g.Objects(d.Name())
			if err != nil {
				return err
			}
			text, err := schema.SQL(reg, d, append(objects, schema.InSchema(g.wildcard))...)
			if err != nil {
				return err
			}
			return g.Print(map[string]string{"dialect": d.Name(), "sql": text}, func(w io.Writer) error {
				_, err := io.WriteString(w, text)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&dialect, "dialect", "", "sqlite, postgres, mysql or mariadb (else that of the database)")
	return cmd
}

func (g *group) inspect() *cobra.Command {
	cmd := &cobra.Command{
		Use: "inspect", Short: "Print the statements that make the tables of the database", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opts, err := g.options()
			if err != nil {
				return err
			}
			engine, err := g.Open(cmd.Context())
			if err != nil {
				return err
			}
			p, err := schema.Inspect(cmd.Context(), env.NewTarget(nil, engine), opts...)
			if err = errors.Join(err, engine.Close()); err != nil {
				return err
			}
			return g.print(p, "there are no tables")
		},
	}
	cmd.Flags().StringSliceVar(&g.ignore, "ignore", nil, "tables to leave out, as patterns")
	return cmd
}

func (g *group) clear() *cobra.Command {
	return &cobra.Command{
		Use: "clear", Short: "Remove all rows of the entities' tables", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.with(cmd.Context(), func(t *env.Target, opts []schema.Option) error {
				n := len(t.Registry().Entities())
				if err := g.Confirm("Remove all rows of the tables of %d entities?", n); err != nil {
					return err
				}
				if err := schema.Clear(cmd.Context(), t, opts...); err != nil {
					return err
				}
				return g.Print(map[string]int{"entities": n}, func(w io.Writer) error {
					_, err := fmt.Fprintf(w, "removed all rows of the tables of %d entities\n", n)
					return err
				})
			})
		},
	}
}
