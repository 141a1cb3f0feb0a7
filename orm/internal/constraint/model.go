package constraint

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/weft-orm/weft/conditions/check"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
)

// Model holds the rules of all entities, which are worked out when somebody asks for the first
// time: many programs only read. It is safe for concurrent use.
type Model struct {
	reg   *mapper.Registry
	once  sync.Once
	rules []*Rules // by Entity.Ordinal
	// kin are those of one hierarchy, by its root.
	kin map[*mapper.Entity][]*Rules
	// taken are those whose rows go with the rows of a hierarchy they refer to, by its root.
	taken map[*mapper.Entity][]*Rules
}

// Rules are the constraints of one entity.
type Rules struct {
	Entity *mapper.Entity
	// Unique are the unique keys; the primary key is the first.
	Unique []*Unique
	// References are the foreign keys.
	References []*Reference
	// Linked are the owning many-to-many relations that lead to the entity.
	Linked []*mapper.Property
	// Followers are the references to rows of the entity that the database empties, or whose
	// rows it deletes, when such a row is deleted.
	Followers []*mapper.Property
	// Holders are the references to rows of the entity that the mapping says keep such a row
	// from being deleted.
	Holders []*mapper.Property
	// Named are the references that lead to rows of the entity by a unique property.
	Named []*mapper.Property
	// Referenced reports that some relation refers to rows of the hierarchy.
	Referenced bool
	// Frees are the topmost entities whose rows may be referred to by rows that the database
	// deletes along with one of the entity's.
	Frees []*mapper.Entity
	// Checks are the conditions that the mapping declares for rows.
	Checks []*check.Check
	// Below are the rules of the entity and of its subtypes, whose rows are among its own.
	Below []*Rules
	keys  [][]*mapper.Column
}

// Unique is a unique key. Entities that share a table share the value, so that
// it identifies the key.
type Unique struct {
	// Name is "Author.email", or the index name.
	Name    string
	Columns []*mapper.Column
	// Primary reports the primary key.
	Primary bool
	// Entity is the entity that was first seen with the key, Constraint the name that
	// package schema gives to it, "" for a primary key.
	Entity     *mapper.Entity
	Constraint string
	// Deferrable reports that the mapping declares the constraint deferrable: an
	// engine that has such constraints checks it at the end then.
	Deferrable bool
	// Spare are the columns that can give up their value for a while, the best first.
	Spare []*mapper.Column
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
	// Follows reports that the database itself changes the reference when the key it
	// refers to does.
	Follows bool
}

// New returns the model of a registry.
func New(reg *mapper.Registry) *Model { return &Model{reg: reg} }

// all returns the rules of all entities.
func (m *Model) all() []*Rules {
	m.once.Do(m.build)
	return m.rules
}

func (m *Model) build() {
	m.kin, m.taken = map[*mapper.Entity][]*Rules{}, map[*mapper.Entity][]*Rules{}
	shared := map[string]*Unique{}
	for _, e := range m.reg.Entities() {
		r := &Rules{Entity: e, References: references(e), Checks: checks(e)}
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
			if ref.Enforced && ref.Property.Relation.OnDelete == mapper.RuleCascade {
				m.take(ref.Target, r)
			}
		}
		m.rules, m.kin[e.Root()] = append(m.rules, r), append(m.kin[e.Root()], r)
	}
	m.link()
	for _, r := range m.rules {
		r.Frees = m.freed(r.Entity.Root(), map[*mapper.Entity]bool{})
	}
}

// take notes that rows of r go with rows of a hierarchy, once for all its references there.
func (m *Model) take(root *mapper.Entity, r *Rules) {
	if list := m.taken[root]; len(list) == 0 || list[len(list)-1] != r {
		m.taken[root] = append(list, r)
	}
}

// near are the rules of the entities that may be among those a relation leads to.
func (m *Model) near(target *mapper.Entity) []*Rules {
	if target.Targets != nil {
		return m.rules
	}
	return m.kin[target.Root()]
}

// link finds the relations that lead to each entity.
func (m *Model) link() {
	referenced := make([]bool, len(m.rules)) // by ordinal of the root
	for _, owner := range m.reg.Entities() {
		for _, p := range owner.Relations {
			for _, t := range p.Relation.Target.Targets {
				referenced[t.Entity.Root().Ordinal] = true
			}
			if !p.Relation.IsAny() {
				referenced[p.Relation.Target.Root().Ordinal] = true
			}
			if p.Kind == mapper.ManyToMany {
				referenced[owner.Root().Ordinal] = true
			}
			if !p.Relation.Owning || p.Entity != owner {
				continue
			}
			for _, r := range m.near(p.Relation.Target) {
				switch {
				case !r.Entity.IsSubtypeOf(p.Relation.Target):
				case p.Kind == mapper.ManyToMany:
					if p.Relation.Pivot.Entity == nil { // whose rows are links with rules of their own
						r.Linked = append(r.Linked, p)
					}
				case p.Relation.NoConstraint:
				case cascades(p):
					r.Followers = append(r.Followers, p)
				case p.Relation.OnDelete != "":
					r.Holders = append(r.Holders, p)
				}
				if r.Entity.IsSubtypeOf(p.Relation.Target) && p.Relation.By != nil {
					r.Named = append(r.Named, p)
				}
			}
		}
	}
	for _, r := range m.rules {
		r.Referenced = referenced[r.Entity.Root().Ordinal]
		for _, other := range m.kin[r.Entity.Root()] {
			if other.Entity.IsSubtypeOf(r.Entity) {
				r.Below = append(r.Below, other)
			}
		}
	}
}

// Ruled are the references to rows of the entity, those of subtypes included, of which the
// mapping says what becomes of them when such a row is deleted.
func (r *Rules) Ruled() (list []*mapper.Property) {
	for _, b := range r.Below {
		for _, p := range slices.Concat(b.Followers, b.Holders) {
			if !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	return list
}

// Links are the owning many-to-many relations that lead to rows of the entity, those of
// subtypes included.
func (r *Rules) Links() (list []*mapper.Property) {
	for _, b := range r.Below {
		for _, p := range b.Linked {
			if !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	return list
}

// Kept are the owning many-to-many relations of the entity, those of subtypes included, whose
// links keep a row from being deleted.
func (r *Rules) Kept() (list []*mapper.Property) {
	for _, b := range r.Below {
		for _, p := range b.Entity.Relations {
			if p.Kind == mapper.ManyToMany && p.Relation.Owning && p.Relation.Pivot.Entity == nil && LinksKeep(p) && !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	return list
}

// LinksKeep reports a many-to-many relation whose links do not go with the row at either end.
func LinksKeep(p *mapper.Property) bool {
	return !p.Relation.NoConstraint && (p.Relation.OnDelete == mapper.RuleRestrict || p.Relation.OnDelete == mapper.RuleNoAction)
}

// freed finds what rows refer to that go with a row of a hierarchy, directly or by others.
func (m *Model) freed(root *mapper.Entity, seen map[*mapper.Entity]bool) (list []*mapper.Entity) {
	seen[root] = true
	for _, r := range m.taken[root] {
		for _, ref := range r.References {
			if ref.Enforced && !ref.Cascades && ref.Target != root && !slices.Contains(list, ref.Target) {
				list = append(list, ref.Target)
			}
		}
		if lost := r.Entity.Root(); !seen[lost] {
			for _, target := range m.freed(lost, seen) {
				if target != root && !slices.Contains(list, target) {
					list = append(list, target)
				}
			}
		}
	}
	return list
}

// Of returns the rules of an entity.
func (m *Model) Of(e *mapper.Entity) *Rules { return m.all()[e.Ordinal] }

// Keys returns the columns of every unique and foreign key of an entity.
func (m *Model) Keys(e *mapper.Entity) [][]*mapper.Column { return m.all()[e.Ordinal].keys }

func uniques(e *mapper.Entity) []*Unique {
	list := []*Unique{{Name: e.Name + " key", Columns: e.KeyColumns, Primary: true, Spare: spare(e, e.KeyColumns)}}
	for _, p := range e.Leaves {
		if p.Unique && !p.Primary && len(p.Columns) > 0 {
			list = append(list, &Unique{
				Name: p.String(), Columns: p.Columns, Spare: spare(e, p.Columns),
				Entity: e, Constraint: ownName(p), Deferrable: p.Deferrable,
			})
		}
	}
	for owner := e; owner != nil; owner = owner.Base {
		for _, x := range owner.Indexes {
			if x.Unique && x.Expression == "" {
				list = append(list, &Unique{
					Name: x.Name, Columns: x.Columns, Spare: spare(e, x.Columns),
					Entity: e, Constraint: x.Name, Deferrable: x.Deferrable,
				})
			}
		}
	}
	return list
}

// ownName is the name of the constraint of one property, "" for one that is not
// deferred. Only PostgreSQL defers any, so that its limit counts.
func ownName(p *mapper.Property) string {
	if !p.Deferrable {
		return ""
	}
	names := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		names[i] = c.Name
	}
	return naming.Index(naming.KindUnique, p.Columns[0].Table.Name, names, naming.MaxPostgres)
}

// spare lists the columns that can hold something else for a while, the best first:
// NULL frees a value without asking, a part that is no reference has room of its
// own. What a foreign key checks has none: its values are those of another table.
func spare(e *mapper.Entity, columns []*mapper.Column) []*mapper.Column {
	var list []*mapper.Column
	rank := func(c *mapper.Column) int {
		switch {
		case nullable(c):
			return 0
		case c.Type == nil || c.Generated != "" || enforced(e, c):
			return -1
		default:
			return 1 + narrow(c.Type)
		}
	}
	for place := range 4 {
		for _, c := range columns {
			if rank(c) == place {
				list = append(list, c)
			}
		}
	}
	return list
}

func nullable(c *mapper.Column) bool {
	return c.Nullable && c.Generated == "" && (c.Property == nil || !c.Property.Primary)
}

// enforced reports a column that a foreign key checks.
func enforced(e *mapper.Entity, c *mapper.Column) bool {
	for _, p := range e.Leaves {
		if p.Kind.IsToOne() && p.Relation.Owning && !p.Relation.NoConstraint && slices.Contains(p.Columns, c) {
			return true
		}
	}
	return false
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
		list = append(list, &Reference{
			Property: p,
			Target:   p.Relation.Target.Root(),
			Nullable: nullable,
			Enforced: !p.Relation.NoConstraint,
			Cascades: cascades(p),
			Follows:  p.Relation.OnUpdate == mapper.RuleCascade || p.Relation.OnUpdate == mapper.RuleSetNull,
		})
	}
	return list
}

// cascades reports a reference that the database empties, or whose row it deletes, when the
// row it refers to is deleted.
func cascades(p *mapper.Property) bool {
	return p.Relation.OnDelete == mapper.RuleCascade || p.Relation.OnDelete == mapper.RuleSetNull
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
	for _, r := range m.all() {
		fmt.Fprintf(&b, "%s\n", r.Entity.Name)
		for _, u := range r.Unique {
			fmt.Fprintf(&b, "  unique %s %s", u.Name, names(u.Columns))
			if len(u.Spare) > 0 {
				fmt.Fprintf(&b, " spare %s", names(u.Spare))
			}
			b.WriteString(flag(u.Deferrable, "deferrable"))
			b.WriteString("\n")
		}
		for _, c := range r.Checks {
			fmt.Fprintf(&b, "  check %s\n", c)
		}
		for _, p := range r.Linked {
			fmt.Fprintf(&b, "  linked by %s\n", p)
		}
		for _, f := range r.References {
			fmt.Fprintf(&b, "  reference %s %s -> %s%s%s%s\n", f.Property.Path, names(f.Property.Columns), f.Target.Name,
				flag(f.Nullable, "nullable"), flag(!f.Enforced, "unenforced"), flag(f.Cascades, "cascades")+flag(f.Follows, "follows"))
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

// checks reads the checks of an entity and its bases.
func checks(e *mapper.Entity) []*check.Check {
	var list []*check.Check
	for owner := e; owner != nil; owner = owner.Base {
		for _, c := range owner.Checks {
			list = append(list, check.Parse(c.Expression, e.Columns))
		}
	}
	return list
}
