package mapper

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weft-orm/weft/naming"
)

// tableKey repeats the key in the table of a subtype that has its own.
func (b *builder) tableKey(d *draft) {
	if d.entity.Inheritance != TablePerType {
		return
	}
	for i, k := range b.keyColumns(d.entity) {
		base := k
		if above := d.base.entity.TableKey; above != nil {
			base = above[i]
		}
		d.entity.TableKey = append(d.entity.TableKey, &Column{
			Name: k.Name, Table: d.entity.Table, Property: k.Property, Part: i, Index: -1, Type: k.Type, References: base,
			Unsigned: k.Unsigned, Collation: k.Collation, SQLType: k.SQLType,
		})
	}
}

// assemble numbers leaves and columns, inherited ones first.
func (b *builder) assemble(d *draft) {
	e := d.entity
	if d.base != nil {
		base := d.base.entity
		e.Leaves, e.Columns = slices.Clone(base.Leaves), slices.Clone(base.Columns)
		e.Version, e.SoftDelete = base.Version, base.SoftDelete
	}
	e.Leaves, e.Columns = slices.Grow(e.Leaves, len(d.props)), slices.Grow(e.Columns, len(d.props))
	for _, p := range inOrder(d.props) {
		prop := p.prop
		if prop.Kind != Inline {
			prop.Index = len(e.Leaves)
			e.Leaves = append(e.Leaves, prop)
		}
		for _, c := range prop.Columns {
			if c.Index < 0 && c.Property == prop {
				c.Index = len(e.Columns)
				e.Columns = append(e.Columns, c)
			}
		}
		if prop.Version {
			b.version(d, p)
		}
		if p.facts.softDelete {
			b.softDelete(d, p)
		}
	}
	for _, k := range e.Key {
		e.KeyColumns = append(e.KeyColumns, k.Columns...)
	}
	if e.TableKey == nil {
		e.TableKey = e.KeyColumns
	}
	e.storedIn = []*Entity{e}
	if e.Inheritance == TablePerType && d.base != nil {
		e.storedIn = append(slices.Clone(d.base.entity.storedIn), e)
	}
	b.discriminatorProperty(d)
	for _, leaf := range e.Leaves {
		if leaf.Relation == nil {
			continue
		}
		e.Relations = append(e.Relations, leaf)
		if leaf.Relation.Style == CollectionField {
			e.Collections = append(e.Collections, leaf)
		}
	}
	e.addToHierarchy()
}

// inOrder puts what decides nothing about the embeddable around it last: rows are read in this order,
// and the embeddable is there by then, or absent.
func inOrder(props []*propDraft) []*propDraft {
	if !slices.ContainsFunc(props, (*propDraft).decidesNothing) {
		return props
	}
	list := slices.Clone(props)
	slices.SortStableFunc(list, func(a, b *propDraft) int {
		switch x, y := a.decidesNothing(), b.decidesNothing(); {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	})
	return list
}

// discriminatorProperty gives each entity of a hierarchy a property of its own
// for the discriminator, whose value is always that of the type. Where the root
// declares a field for it, the field takes the value when the entity is read.
func (b *builder) discriminatorProperty(d *draft) {
	e := d.entity
	c := e.Discriminator
	if c == nil {
		return
	}
	b.discriminatorValue(d)
	var p *Property
	switch {
	case d.base != nil:
		i := slices.IndexFunc(e.Leaves, func(l *Property) bool { return len(l.Columns) == 1 && l.Columns[0] == c })
		twin := *e.Leaves[i]
		p, e.Leaves[i] = &twin, &twin
		at := slices.Index(d.base.entity.Properties, d.base.entity.Leaves[i])
		if p.Field == "" {
			e.Properties = slices.Insert(e.Properties, at, p)
		} else {
			e.Properties[at] = p
		}
	case c.Property != nil:
		p = c.Property
	default:
		p = &Property{Entity: e, Name: naming.LowerCamel(camel(c.Name)), Kind: Scalar, Type: c.Type, Index: len(e.Leaves), Columns: []*Column{c}, Hidden: true}
		p.Path = p.Name
		c.Property, c.Index = p, len(e.Columns)
		e.Properties, e.Leaves, e.Columns = append(e.Properties, p), append(e.Leaves, p), append(e.Columns, c)
	}
	p.constant = e.DiscriminatorValue
	e.byName = nameIndex(e.Properties)
}

// discriminatorValue settles what marks rows of this type, and that no other type has it.
func (b *builder) discriminatorValue(d *draft) {
	e := d.entity
	word := d.facts.discriminatorValue
	if word == "" {
		word = naming.DiscriminatorValue(b.naming, e.Name)
	}
	e.DiscriminatorValue = word
	if t := e.Discriminator.Type; t.Kind != String {
		v, err := t.Decode(word)
		if err != nil {
			b.report(d.info.Type.Text, fmt.Sprintf("the discriminator value %q does not fit the column %s", word, e.Discriminator.Name))
		}
		e.DiscriminatorValue = v
	}
	for _, other := range b.ordered {
		if other == d {
			break
		}
		if other.entity.Root() == e.Root() && other.entity.DiscriminatorValue == e.DiscriminatorValue {
			b.report(d.info.Type.Text, fmt.Sprintf("has the discriminator value %v of %s", e.DiscriminatorValue, other.info.Type.Text))
		}
	}
}

// addToHierarchy makes the leaves of e known to itself and its bases.
func (e *Entity) addToHierarchy() {
	e.hierarchy = slices.Clone(e.Leaves)
	for base := e.Base; base != nil; base = base.Base {
		base.hierarchy = append(base.hierarchy, e.Leaves[len(e.Base.Leaves):]...)
	}
}

// String returns the columns and the kind of an index.
func (x *Index) String() string {
	return x.Name + "(" + strings.Join(columnNames(x.Columns), ", ") + ")"
}
