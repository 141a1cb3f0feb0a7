package indexcover

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
)

// Wanted returns the columns, as "table.column", one of which could be the first of an index
// that serves a condition; none when an index does, or none could. indexes are the columns of
// the keys and indexes of each table, see schema.IndexedColumns.
func Wanted(n conditions.Node, indexes map[string][][]string) []string {
	found := (&server{indexes}).serve(n)
	if found.served {
		return nil
	}
	return found.wanted
}

// service is what indexes do for a condition: served is that one leads to its rows, wanted
// are the columns, as "table.column", one of which could be the first of an index.
type service struct {
	served bool
	wanted []string
}

// A server knows the columns of the keys and indexes of each table.
type server struct{ indexes map[string][][]string }

// serve looks at a condition: one part of a conjunction is enough, all of a disjunction are needed.
func (s *server) serve(n conditions.Node) service {
	switch n := n.(type) {
	case *conditions.AndNode:
		var all service
		for _, part := range n.Nodes {
			one := s.serve(part)
			all.served = all.served || one.served
			all.add(one.wanted)
		}
		return all
	case *conditions.OrNode:
		all := service{served: len(n.Nodes) > 0}
		possible := true
		for _, part := range n.Nodes {
			one := s.serve(part)
			all.served = all.served && one.served
			possible = possible && (one.served || len(one.wanted) > 0)
			if !one.served {
				all.add(one.wanted)
			}
		}
		if !possible {
			all.wanted = nil // a part of it reads all rows anyway
		}
		return all
	case *conditions.SomeNode:
		if n.Where != nil && !n.Not {
			return s.serve(n.Where)
		}
	case *conditions.Compare:
		if _, column := n.Value.(conditions.Field); n.Op != conditions.OpNe && !column {
			return s.field(n.Field)
		}
	case *conditions.InNode:
		if !n.Not && !n.OrNull {
			return s.field(n.Field)
		}
	case *conditions.Null:
		if !n.Not {
			return s.field(n.Field)
		}
	case *conditions.Match:
		if !n.Not && n.Op == conditions.OpStartsWith {
			return s.field(n.Field)
		}
	case *conditions.KeyIn:
		if !n.Not && n.Field.Property == nil {
			return service{served: true}
		}
	}
	return service{}
}

func (s *service) add(wanted []string) {
	for _, w := range wanted {
		if !slices.Contains(s.wanted, w) {
			s.wanted = append(s.wanted, w)
		}
	}
}

// field looks for an index that begins with the column of a field.
func (s *server) field(f conditions.Field) service {
	p := f.Property
	if p == nil || f.JSON != nil || f.Element || f.Func != "" || f.Part >= len(p.Columns) || p.Columns[f.Part].Table == nil {
		return service{}
	}
	c := p.Columns[f.Part]
	table := c.Table.Name
	if c.Table.Schema != "" && c.Table.Schema != "*" {
		table = c.Table.Schema + "." + table
	}
	for _, columns := range s.indexes[table] {
		if len(columns) > 0 && columns[0] == c.Name {
			return service{served: true}
		}
	}
	return service{wanted: []string{table + "." + c.Name}}
}
