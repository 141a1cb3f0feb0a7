package mapper

import (
	"github.com/weft-orm/weft/naming"
)

// inSubtypeOfOneTable reports that rows of other types share the table.
func (b *builder) inSubtypeOfOneTable(d *draft) bool {
	return d.base != nil && d.entity.Inheritance == SingleTable
}

// discriminator makes the column that tells the types of a hierarchy apart.
func (b *builder) discriminator(d *draft) {
	e := d.entity
	if e.Inheritance == NoInheritance {
		return
	}
	if d.base != nil {
		e.Discriminator = d.base.entity.Discriminator
		b.tableKey(d)
		return
	}
	name := d.facts.discriminator
	if name == "" {
		name = naming.DiscriminatorColumn(b.naming)
	}
	for _, p := range d.props {
		if p.prop.Kind == Scalar && len(p.prop.Columns) == 1 && (p.prop.Name == name || p.prop.Field == name || p.prop.Columns[0].Name == name) {
			e.Discriminator = p.prop.Columns[0]
			return
		}
	}
	e.Discriminator = &Column{Name: name, Table: e.Table, Index: -1, Type: &Type{Kind: String, GoName: "string", Length: 64}}
}
