package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newEntities(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "entities",
		Short: "List the entities and their properties as weft sees them",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			reg, _, err := o.registry(cmd.Context())
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(o.streams.Out, reg.Dump())
			return err
		},
	}
}
