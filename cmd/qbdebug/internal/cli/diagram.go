package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/internal/ask"
	"github.com/weft-orm/weft/cmd/internal/render"
	"github.com/weft-orm/weft/mapper"
)

// diagrams are the formats of the entity graph.
var diagrams = map[string]func(io.Writer, *mapper.Registry) error{"mermaid": render.Mermaid, "dot": render.DOT}

func newDiagram(o *options) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "diagram",
		Short: "Print the entity graph for Mermaid or Graphviz",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			draw, err := ask.Choice("format", format, diagrams)
			if err != nil {
				return err
			}
			reg, _, err := o.registry(cmd.Context())
			if err != nil {
				return err
			}
			return draw(o.streams.Out, reg)
		},
	}
	cmd.Flags().StringVar(&format, "format", "mermaid", "mermaid or dot")
	return cmd
}
