package schema

import (
	"context"
	"fmt"

	"ariga.io/atlas/sql/schema"
)

// inspect reads the tables of the desired realm from the database, as far as
// they exist. Schemas that do not exist are missing in the result.
func (l *live) inspect(ctx context.Context, desired *schema.Realm) (*schema.Realm, error) {
	current := schema.NewRealm()
	for _, want := range desired.Schemas {
		if len(want.Tables) == 0 {
			continue
		}
		opts := &schema.InspectOptions{Mode: schema.InspectSchemas | schema.InspectTables | schema.InspectTypes}
		for _, t := range want.Tables {
			opts.Tables = append(opts.Tables, t.Name)
		}
		s, err := l.InspectSchema(ctx, want.Name, opts)
		if schema.IsNotExistError(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("schema: %s: inspect: %w", l.sql.Name(), err)
		}
		// The connection's own schema has a name; without it, statements name tables as weft's queries do.
		s.Name = want.Name
		current.AddSchemas(s)
	}
	return current, l.markDeferrable(ctx, current)
}
