package mapper

import (
	"reflect"
	"slices"
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/naming"
)

// anyRefuses are the options that a polymorphic reference cannot have, and why.
var anyRefuses = []struct{ option, why string }{
	{"fk", "is for references to one type: the columns of a polymorphic reference are its own"},
	{"references", "is for references to one type: a polymorphic reference holds keys"},
	{"onDelete", "needs a foreign key, and one to several tables cannot be; give the inverse sides of the targets cascade=remove"},
	{"onUpdate", "needs a foreign key, and one to several tables cannot be"},
	{"mappedBy", "is for the other side: a polymorphic reference owns its relation"},
	{"inversedBy", "is for references to one type: the targets name this side by mappedBy"},
	{"through", "is for references to one type"},
	{"pk", "cannot make a polymorphic reference a key; give the entity a key of its own"},
}

// anyField starts a polymorphic reference.
func (b *builder) anyField(p *propDraft) bool {
	if p.parent != nil {
		b.report(p.pos(), "a polymorphic reference cannot stand inside an embeddable")
		return false
	}
	if p.typ.Elem == nil || p.typ.Elem.Kind != reflect.Interface {
		b.report(p.pos(), "a polymorphic reference takes an interface that its targets implement, or any; rel.Ref is for one type")
		return false
	}
	r := &Relation{Cascade: CascadePersist, Style: RefField}
	p.prop.Relation = r
	if p.prop.Kind = ManyToOne; p.facts.oneToOne {
		p.prop.Kind = OneToOne
	}
	name := p.prop.Name + "Type"
	r.Type = &Property{
		Entity: p.owner.entity, Name: name, Path: name, Index: -1, Kind: Scalar, Nullable: true,
		Type: &Type{Kind: String, GoName: "string", Length: 64}, Redacted: p.prop.Redacted,
	}
	return true
}

// targets finds what a polymorphic reference may lead to.
func (b *builder) targets(p *propDraft) {
	f, r := p.facts, p.prop.Relation
	for _, refused := range anyRefuses {
		if f.has(refused.option) {
			b.report(p.pos(), `option "`+refused.option+`" `+refused.why)
			return
		}
	}
	if f.strategy == "joined" {
		b.report(p.pos(), `option "strategy": a polymorphic reference is loaded by a statement for each type (select-in)`)
	}
	if len(f.targets) == 0 {
		b.report(p.pos(), "name what it may lead to, as in targets=Post|Photo")
		return
	}
	union := &Entity{Ordinal: -1, Table: &Table{}, byName: map[string]*Property{}}
	for _, word := range f.targets {
		name, value, _ := strings.Cut(word, ":")
		d := b.named(name)
		if d == nil {
			b.report(p.pos(), "targets: there is no entity \""+name+"\""+suggest.Hint(name, sortedKeys(b.names)))
			return
		}
		if !b.fits(p, d, union) {
			return
		}
		b.target(p, d, union, value)
	}
	names := make([]string, len(union.Targets))
	for i, t := range union.Targets {
		names[i] = t.Entity.Name
	}
	union.Name = strings.Join(names, "|")
	r.Target, r.NoConstraint = union, true
}

// named finds an entity by its name or that of its type.
func (b *builder) named(name string) *draft {
	if d := b.names[name]; d != nil {
		return d
	}
	for _, d := range b.drafts {
		if d.info.Type.Name == name || d.info.Type.Text == name {
			return d
		}
	}
	return nil
}

// fits checks that an entity can be a target beside those there are.
func (b *builder) fits(p *propDraft, d *draft, union *Entity) bool {
	e := d.entity
	for _, t := range union.Targets {
		if t.Entity.Root() == e.Root() {
			b.report(p.pos(), "targets: "+t.Entity.Name+" and "+e.Name+" are of one hierarchy; name what both extend, "+e.Root().Name)
			return false
		}
	}
	switch iface := p.typ.Elem.typ; {
	case e.Query != "" || e.ViewSQL != "" || len(e.Key) == 0:
		b.report(p.pos(), "targets: "+e.Name+" is a view or has no key")
	case len(e.Root().Key) > 1 || e.Root().Key[0].Relation != nil:
		b.report(p.pos(), "targets: the key of "+e.Name+" is composite or a reference; a polymorphic reference has one column for a key that is one value")
	case iface != nil && d.info.Type.typ != nil && !reflect.PointerTo(d.info.Type.typ).Implements(iface):
		b.report(p.pos(), "targets: *"+d.info.Type.Text+" does not implement "+p.typ.Elem.Text)
	default:
		return true
	}
	return false
}

// target adds a target.
func (b *builder) target(p *propDraft, d *draft, union *Entity, value string) {
	if value == "" {
		value = naming.DiscriminatorValue(b.naming, d.entity.Name)
	}
	e := d.entity
	for _, t := range union.Targets {
		if t.Value == value {
			b.report(p.pos(), "targets: "+t.Entity.Name+" and "+e.Name+" have the same value "+value+"; give one of them its own, as in "+e.Name+":other")
		}
	}
	branch := &Property{Entity: p.owner.entity, Name: e.Name, Path: p.prop.Path + "." + e.Name, Field: p.prop.Field, Index: -1, Kind: p.prop.Kind, Nullable: true}
	branch.Relation = &Relation{Target: e, Owning: true, NoConstraint: true, Style: RefField, Of: p.prop, ReadOnly: true}
	union.Targets = append(union.Targets, &Target{Entity: e, Value: value, Branch: branch})
	union.Properties = append(union.Properties, branch)
	for _, name := range []string{e.Name, d.info.Type.Name} {
		if union.byName[name] == nil {
			union.byName[name] = branch
		}
	}
}

// anyColumns makes the columns of a polymorphic reference: that of the type, then that of the key.
func (b *builder) anyColumns(p *propDraft) {
	r := p.prop.Relation
	var key *Column
	for _, t := range r.Target.Targets {
		keys := b.keyColumns(t.Entity)
		if len(keys) != 1 {
			return // reported there
		}
		t.Branch.Relation.By, t.Branch.Relation.Keys = t.Entity.Root().Key[0], keys
		switch {
		case key == nil:
			key = keys[0]
		case !sameKey(key.Type, keys[0].Type):
			b.report(p.pos(), "targets: the keys of "+key.Property.String()+" ("+key.Type.GoName+") and "+keys[0].Property.String()+" ("+keys[0].Type.GoName+
				") are of different kinds and cannot share a column; give them keys of one kind, or use a reference for each")
			return
		case wider(keys[0].Type, key.Type):
			key = keys[0]
		}
	}
	names := b.joinColumnNames(p, []*Column{key})
	if names == nil {
		return
	}
	typeName := p.facts.discriminator
	if typeName == "" {
		typeName = b.naming.Column(r.Type.Name)
	}
	names = []string{p.prefix + typeName, names[0]}
	for _, q := range p.owner.props {
		if q != p && q.prop.Kind == Scalar && !q.prop.Virtual && q.prop.Formula == "" && slices.Contains(names, q.columnName(b.naming)) {
			b.report(p.pos(), "shares the column "+q.columnName(b.naming)+" with "+q.prop.Field+"; take that field away: "+p.prop.Name+" and "+r.Type.Name+" can be asked for")
			return
		}
	}
	nullable := p.prop.Nullable || b.inSubtypeOfOneTable(p.owner)
	of := &Column{Name: names[0], Table: b.table(p.owner), Property: p.prop, Index: -1, Type: r.Type.Type, Nullable: nullable}
	column := &Column{
		Name: names[1], Table: b.table(p.owner), Property: p.prop, Part: 1, Index: -1, Type: key.Type, Nullable: nullable,
		Unsigned: key.Unsigned, Comment: p.facts.comment, Was: p.facts.was, Collation: key.Collation, SQLType: key.SQLType,
	}
	p.prop.Columns, r.Type.Columns = []*Column{of, column}, []*Column{of}
	b.anyKey(r.Target, of, column)
	for _, t := range r.Target.Targets {
		t.Branch.Columns = []*Column{column}
	}
}

// anyKey gives the stand-in for the targets its key.
func (b *builder) anyKey(union *Entity, columns ...*Column) {
	for i, c := range columns {
		name := []string{"type", "key"}[i]
		p := &Property{Entity: union, Name: name, Path: name, Field: name, Index: -1, Kind: Scalar, Type: c.Type, Primary: true}
		own := &Column{Name: name, Table: union.Table, Property: p, Index: i, Type: c.Type, Unsigned: c.Unsigned, Collation: c.Collation}
		p.Columns = []*Column{own}
		union.Key, union.KeyColumns = append(union.Key, p), append(union.KeyColumns, own)
	}
	union.TableKey = union.KeyColumns
}

// sameKey reports that keys of two types can stand in one column.
func sameKey(a, b *Type) bool {
	return a.Kind == b.Kind && (a.Kind != Custom || a.GoName == b.GoName)
}

// wider reports that a column of type a holds what one of b cannot.
func wider(a, b *Type) bool {
	return a.Bits > b.Bits || b.Length > 0 && (a.Length == 0 || a.Length > b.Length)
}

// anyInverse settles a side that shows the rows which lead to one target of a polymorphic reference:
// those alone whose type is that of the target.
func (b *builder) anyInverse(p *propDraft, other *Property) {
	r, of := p.prop.Relation, other.Relation
	where := other.Entity.Name + "." + p.facts.mappedBy
	t := of.Target.TargetFor(p.owner.entity)
	if t == nil {
		b.report(p.pos(), "mappedBy: "+where+" leads to "+of.Target.Name+", not to "+p.owner.entity.Name)
		return
	}
	r.link = t.Branch
	cond := any(map[string]any{of.Type.Path: t.Value})
	if p.facts.where != nil {
		cond = map[string]any{"$and": []any{p.facts.where, cond}}
	}
	r.Where = cond
	if p.facts.where != nil {
		b.fixed(p, other)
		return
	}
	r.Inverse = other
	if of.Inverse == nil {
		of.Inverse = p.prop
		return
	}
	for _, before := range append([]*Property{of.Inverse}, of.Further...) {
		switch {
		case before.Entity.Root() == p.owner.entity.Root():
			b.report(p.pos(), "mappedBy: "+where+" already has the inverse side "+before.String()+"; a further one has a condition of its own (where)")
			return
		case before.Relation.OrphanRemoval != r.OrphanRemoval:
			b.report(p.pos(), "mappedBy: of the inverse sides of "+where+" all have orphanRemoval, or none: "+before.String()+" differs")
			return
		}
	}
	of.Further = append(of.Further, p.prop)
}
