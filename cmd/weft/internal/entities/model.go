package entities

import "slices"

// Database is what was read from a database: its tables and views, in order of
// schema and name.
type Database struct {
	// Dialect is the engine: "sqlite", "postgres", "mysql", "mariadb" or "mongo".
	Dialect string
	// Tables are tables and views.
	Tables []*Table
	// Notes tell what was left alone, "payment_p2007_01 is a partition of payment".
	Notes []string
}

// Table is a table or a view.
type Table struct {
	// Schema is "" for the connection's own.
	Schema, Name, Comment string
	// View reports a view, materialised ones included.
	View bool
	// Columns are in the order of the table, Key names those of the primary key.
	Columns     []*Column
	Key         []string
	Indexes     []*Index
	ForeignKeys []*ForeignKey
	Checks      []*Check
	// Notes tell what of the table was left alone.
	Notes []string
}

// Column is a column of a table or view.
type Column struct {
	Name, Comment string
	// Type is the type as the database writes it, Base the one below it for a domain.
	Type, Base string
	// Enum is the enum type of the column, nil for none.
	Enum *Enum
	// Nullable, Auto: may be NULL; numbered by the database.
	Nullable, Auto bool
	// Default and Generated are SQL, "" for none.
	Default, Generated string
	// Virtual reports a generated column that is not stored.
	Virtual bool
	// Collation is the collation, where it is not the database's usual one.
	Collation string
	// Layout is how times are written in a text column of SQLite, "int" for numbers.
	Layout string
	// Fields are those of a sub-document of MongoDB, Links names the collection that
	// an array holds keys of.
	Fields []*Column
	Links  string
	// OnUpdate is what the database writes at every update, "" for nothing.
	OnUpdate string
}

// Enum is a type that lists its values.
type Enum struct {
	// Schema and Name are those of the type; "" where the column lists the values.
	Schema, Name string
	Values       []string
}

// Index is an index or a unique constraint.
type Index struct {
	Name    string
	Columns []string
	// Include are the columns it keeps beside those.
	Include []string
	Unique  bool
	// Where is the predicate of a partial index, Expression what is indexed in place of columns.
	Where, Expression string
	Fulltext          bool
	// Beyond says what of the index a mapping cannot express, "" for nothing.
	Beyond string
}

// ForeignKey refers to columns of another table.
type ForeignKey struct {
	Name                string
	Columns             []string
	RefSchema, RefTable string
	RefColumns          []string
	OnDelete, OnUpdate  string
}

// Check is a check constraint.
type Check struct{ Name, Expression string }

func (t *Table) column(name string) *Column {
	for _, c := range t.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// String returns the name with its schema.
func (t *Table) String() string { return qualified(t.Schema, t.Name) }

func qualified(schema, name string) string {
	if schema == "" {
		return name
	}
	return schema + "." + name
}

func (db *Database) table(schema, name string) *Table {
	for _, t := range db.Tables {
		if t.Schema == schema && t.Name == name {
			return t
		}
	}
	return nil
}

// isUnique reports columns, in any order, that identify a row.
func (t *Table) isUnique(columns []string) bool {
	if sameSet(t.Key, columns) {
		return true
	}
	return t.uniqueIndex(columns) != nil
}

func (t *Table) uniqueIndex(columns []string) *Index {
	for _, ix := range t.Indexes {
		if ix.Unique && ix.Where == "" && ix.Expression == "" && sameSet(ix.Columns, columns) {
			return ix
		}
	}
	return nil
}

func sameSet(a, b []string) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	return true
}
