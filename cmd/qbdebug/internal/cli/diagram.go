package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/internal/ask"
	"github.com/weft-orm/weft/cmd/internal/render"
	"github.com/weft-orm/weft/internal/draw"
	"github.com/weft-orm/weft/internal/draw/graphviz"
	"github.com/weft-orm/weft/mapper"
)

// diagrams are the formats of the entity graph.
var diagrams = map[string]func(context.Context, io.Writer, *mapper.Registry) error{
	"mermaid": func(_ context.Context, w io.Writer, reg *mapper.Registry) error { return render.Mermaid(w, reg) },
	"dot":     func(_ context.Context, w io.Writer, reg *mapper.Registry) error { return render.DOT(w, reg) },
	"svg": func(ctx context.Context, w io.Writer, reg *mapper.Registry) error {
		var dot bytes.Buffer
		if err := render.DOT(&dot, reg); err != nil {
			return err
		}
		return graphviz.SVG(ctx, w, dot.String())
	},
}

func newDiagram(o *options) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "diagram",
		Short: "Print the entity graph for Mermaid or Graphviz, or draw it",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			write, err := ask.Choice("format", format, diagrams)
			if err != nil {
				return err
			}
			reg, _, err := o.registry(cmd.Context())
			if err != nil {
				return err
			}
			return write(cmd.Context(), o.streams.Out, reg)
		},
	}
	cmd.Flags().StringVar(&format, "format", "mermaid", "mermaid, dot or svg")
	return cmd
}

// newPlan draws what EntityManager.Plan returned.
func newPlan(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "plan [FILE]",
		Short: "Draw the plan of a flush, as em.Plan prints it, as SVG",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in := o.streams.In
			if len(args) == 1 {
				f, err := os.Open(args[0])
				if err != nil {
					return &ask.Mistake{Err: err}
				}
				defer f.Close()
				in = f
			}
			text, err := io.ReadAll(in)
			if err != nil {
				return err
			}
			dot, err := draw.Plan(string(text))
			if errors.Is(err, draw.ErrPlan) {
				return &ask.Mistake{Err: err}
			}
			if err != nil {
				return err
			}
			return graphviz.SVG(cmd.Context(), o.streams.Out, dot)
		},
	}
}
