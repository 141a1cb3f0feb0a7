package mapper

import "slices"

// inexact are kinds that databases do not compare as Go does.
var inexact = []ValueKind{Float, JSON, Array}

// concurrencyChecks settles the properties whose stored values are compared with what was read.
func (b *builder) concurrencyChecks(d *draft) {
	e := d.entity
	if d.base != nil {
		e.ConcurrencyChecks = slices.Clone(d.base.entity.ConcurrencyChecks)
	}
	for _, p := range d.props {
		if !p.facts.concurrencyCheck {
			continue
		}
		prop := p.prop
		switch {
		case len(prop.Columns) == 0 || prop.Virtual || prop.Formula != "" || prop.Primary || prop.Version || prop.Kind.IsToMany() || prop.Kind == Inline:
			b.report(p.pos(), "concurrencyCheck needs a column of its own that is neither key nor version")
		case prop.Columns[0].Generated != "":
			b.report(p.pos(), "concurrencyCheck compares what a flush writes, and this the database computes; check what it is computed from")
		case slices.ContainsFunc(prop.Columns, func(c *Column) bool { return c.Nullable }):
			b.report(p.pos(), "concurrencyCheck compares values, and the property may be NULL, which equals nothing; make it required, or use a version")
		case prop.Type != nil && slices.Contains(inexact, prop.Type.Kind):
			b.report(p.pos(), "concurrencyCheck needs a value that compares exactly, not "+p.typ.Text)
		case e.Root().Inheritance == TablePerType:
			b.report(p.pos(), "concurrencyCheck needs all of a row in one table; a hierarchy with a table for each type has a version instead")
		default:
			prop.ConcurrencyCheck = true
			e.ConcurrencyChecks = append(e.ConcurrencyChecks, prop)
		}
	}
}
