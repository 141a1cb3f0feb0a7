package mapper

// Column is a physical column (a field path on MongoDB).
type Column struct {
	// Name is the unquoted column name.
	Name string
	// Table is the table the column stands in.
	Table *Table
	// Property is the property stored in the column; nil in a pivot table.
	Property *Property
	// Part is the position among Property.Columns.
	Part int
	// Index is the position in Entity.Columns, -1 in a pivot table.
	Index int
	// Type is the stored value's type: the property's, or that of the referenced key column.
	Type *Type
	// References is the key column a foreign key points at, else nil. Where several
	// relations share the column it is that of the first; Property.Referenced knows all.
	References *Column

	Nullable      bool
	AutoIncrement bool
	Unsigned      bool
	// Default is a raw SQL default expression, or "".
	Default string
	// Generated is the raw SQL expression of a generated column, or "".
	Generated string
	// Collation is the declared collation; "" is weft's own (by code point) for text.
	Collation string
	Comment   string
	// Was is the name the column had before, for tools that rename it, or "".
	Was string
	// SQLType overrides the column type per dialect name; "" is for all dialects.
	SQLType map[string]string
}

// String returns the column's name.
func (c *Column) String() string { return c.Name }
