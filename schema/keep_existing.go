package schema

import (
	"slices"

	"ariga.io/atlas/sql/schema"
)

// keepExisting makes the desired tables keep all that exists in the database as
// it is, so that a comparison finds additions only.
func keepExisting(current, desired *schema.Realm) {
	pairs(current, desired, func(have, want *schema.Table) {
		merged := make([]*schema.Column, 0, len(have.Columns)+len(want.Columns))
		for _, c := range have.Columns {
			if own, ok := want.Column(c.Name); ok {
				own.Type, own.Default, own.Attrs = c.Type, c.Default, c.Attrs
				merged = append(merged, own)
			} else {
				merged = append(merged, c)
			}
		}
		for _, c := range want.Columns {
			if !slices.Contains(merged, c) {
				merged = append(merged, c)
			}
		}
		want.Columns, want.PrimaryKey = merged, have.PrimaryKey
		keepConstraints(have, want)
	})
}

func keepConstraints(have, want *schema.Table) {
	for _, ix := range have.Indexes {
		want.Indexes = slices.DeleteFunc(want.Indexes, func(own *schema.Index) bool { return own.Name == ix.Name })
		want.Indexes = append(want.Indexes, ix)
	}
	for _, fk := range have.ForeignKeys {
		want.ForeignKeys = slices.DeleteFunc(want.ForeignKeys, func(own *schema.ForeignKey) bool {
			return own.Symbol == fk.Symbol || sameColumns(own.Columns, fk.Columns)
		})
		want.ForeignKeys = append(want.ForeignKeys, fk)
	}
	attrs := make([]schema.Attr, 0, len(have.Attrs)+len(want.Attrs))
	attrs = append(attrs, have.Attrs...)
	for _, check := range want.Checks() {
		if checkOf(have, check.Name) == nil {
			attrs = append(attrs, check)
		}
	}
	want.Attrs = attrs
}

func sameColumns(a, b []*schema.Column) bool {
	return slices.EqualFunc(a, b, func(x, y *schema.Column) bool { return x.Name == y.Name })
}
