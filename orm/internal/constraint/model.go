package constraint

import (
	"fmt"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// Model holds the rules of all entities. It is immutable and safe for concurrent use.
type Model struct{ rules []*Rules } // by Entity.Ordinal

// Rules are the constraints of one entity.
type Rules struct {
	Entity *mapper.Entity
	// Unique are the unique keys; the primary key is the first.
	Unique []*Unique
	// References are the foreign keys.
	References []*Reference
	keys       [][]*mapper.Column
}

// Unique is a unique key. Entities that share a table share the value, so that
// it identifies the key.
type Unique struct {
	// Name is "Author.email", or the index name.
	Name    string
	Columns []*mapper.Column
	// Primary reports the primary key.
	Primary bool
	// Patch is the column that can give up its value for a while, nil when none can.
	Patch *mapper.Column
}

// Reference is a foreign key.
type Reference struct {
	Property *mapper.Property
	// Target is the topmost entity of the referenced hierarchy.
	Target *mapper.Entity
	// Nullable reports that the reference can be written later.
	Nullable bool
	// Enforced reports that the database checks it.
	Enforced bool
	// Cascades reports that the database itself deletes or clears the referencing row.
	Cascades bool
}

// New builds the model of a registry.
func New(reg *mapper.Registry) *Model {
	m := &Model{}
	shared := map[string]*Unique{}
	for _, e := range reg.Entities() {
		r := &Rules{Entity: e, References: references(e)}
		for _, u := range uniques(e) {
			id := identity(e, u)
			if shared[id] == nil {
				shared[id] = u
			}
			r.Unique = append(r.Unique, shared[id])
		}
		for _, u := range r.Unique {
			r.keys = append(r.keys, u.Columns)
		}
		for _, ref := range r.References {
			r.keys = append(r.keys, ref.Property.Columns)
		}
		m.rules = append(m.rules, r)
	}
	return m
}

// Of returns the rules of an entity.
func (m *Model) Of(e *mapper.Entity) *Rules { return m.rules[e.Ordinal] }

// Keys returns the columns of every unique and foreign key of an entity.
func (m *Model) Keys(e *mapper.Entity) [][]*mapper.Column { return m.rules[e.Ordinal].keys }

func uniques(e *mapper.Entity) []*Unique {
	list := []*Unique{{Name: e.Name + " key", Columns: e.KeyColumns, Primary: true}}
	for _, p := range e.Leaves {
		if p.Unique && !p.Primary && len(p.Columns) > 0 {
			list = append(list, &Unique{Name: p.String(), Columns: p.Columns, Patch: patch(p.Columns)})
		}
	}
	for owner := e; owner != nil; owner = owner.Base {
		for _, x := range owner.Indexes {
			if x.Unique && x.Expression == "" {
				list = append(list, &Unique{Name: x.Name, Columns: x.Columns, Patch: patch(x.Columns)})
			}
		}
	}
	return list
}

// patch chooses the column that can hold something else for a while: a nullable
// one, or one with room for a placeholder.
func patch(columns []*mapper.Column) *mapper.Column {
	for _, c := range columns {
		if c.Nullable && (c.Property == nil || !c.Property.Primary) {
			return c
		}
	}
	for _, c := range columns {
		if _, ok := Placeholder(c, 0); ok {
			return c
		}
	}
	return nil
}

// Placeholder returns a value no other row holds, for a column that must give
// up its unique value before its row gets another; n tells rows apart. NULL
// serves where the column takes it.
func Placeholder(c *mapper.Column, n int) (value any, ok bool) {
	if c.Nullable {
		return nil, true
	}
	if c.References != nil || c.Type == nil || c.Type.Enum != nil || c.Property != nil && c.Property.Primary {
		return nil, false
	}
	switch c.Type.Kind {
	case mapper.String:
		text := fmt.Sprintf("~weft~%d", n)
		return text, c.Type.Length == 0 || c.Type.Length >= 16
	case mapper.Int:
		return int64(-1)<<(c.Type.Bits-1) + int64(n), c.Type.Bits >= 32 && !c.Unsigned
	}
	return nil, false
}

func references(e *mapper.Entity) []*Reference {
	var list []*Reference
	for _, p := range e.Leaves {
		if !p.Kind.IsToOne() || !p.Relation.Owning || len(p.Columns) == 0 {
			continue
		}
		nullable := !p.Primary
		for _, c := range p.Columns {
			nullable = nullable && c.Nullable
		}
		rule := p.Relation.OnDelete
		list = append(list, &Reference{
			Property: p,
			Target:   p.Relation.Target.Root(),
			Nullable: nullable,
			Enforced: !p.Relation.NoConstraint,
			Cascades: rule == mapper.RuleCascade || rule == mapper.RuleSetNull,
		})
	}
	return list
}

// identity is the same for one unique key seen from several entities of a table.
func identity(e *mapper.Entity, u *Unique) string {
	table := e.Table
	var b strings.Builder
	if len(u.Columns) > 0 && u.Columns[0].Table != nil {
		table = u.Columns[0].Table
	}
	if table != nil {
		fmt.Fprintf(&b, "%s.%s", table.Schema, table.Name)
	}
	for _, c := range u.Columns {
		b.WriteString(" " + c.Name)
	}
	return b.String()
}

// String returns the model as text, for golden files.
func (m *Model) String() string {
	var b strings.Builder
	for _, r := range m.rules {
		fmt.Fprintf(&b, "%s\n", r.Entity.Name)
		for _, u := range r.Unique {
			fmt.Fprintf(&b, "  unique %s %s", u.Name, names(u.Columns))
			if u.Patch != nil {
				fmt.Fprintf(&b, " patch %s", u.Patch.Name)
			}
			b.WriteString("\n")
		}
		for _, f := range r.References {
			fmt.Fprintf(&b, "  reference %s %s -> %s%s%s%s\n", f.Property.Path, names(f.Property.Columns), f.Target.Name,
				flag(f.Nullable, "nullable"), flag(!f.Enforced, "unenforced"), flag(f.Cascades, "cascades"))
		}
	}
	return b.String()
}

func flag(on bool, text string) string {
	if on {
		return " " + text
	}
	return ""
}

func names(columns []*mapper.Column) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.Name
	}
	return "(" + strings.Join(list, ", ") + ")"
}
