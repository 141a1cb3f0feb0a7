package mapper

import "slices"

// Builder describes the mapping of T. Its methods are those of [EntityBuilder];
// the type parameter gives [Field] its selectors. It is valid during Define only.
type Builder[T any] struct{ EntityBuilder }

// EntityBuilder describes the mapping of an entity. A later call wins over an
// earlier one and over tags. It is valid during Define only.
type EntityBuilder struct{ def *Definition }

// option sets an option of the entity tag.
func (e *EntityBuilder) option(name, value string) {
	for i := range entityOptions {
		if o := &entityOptions[i]; o.name == name {
			e.def.entity = append(e.def.entity, func(f *entityFacts) error { return o.set(f, value) })
		}
	}
}

func (e *EntityBuilder) set(fn func(*entityFacts)) {
	e.def.entity = append(e.def.entity, func(f *entityFacts) error { fn(f); return nil })
}

// Name sets the entity's name in conditions and messages; default the type's name.
func (e *EntityBuilder) Name(name string) { e.option("name", name) }

// Table sets the table; default that of the naming strategy.
func (e *EntityBuilder) Table(name string) { e.option("table", name) }

// Schema sets the schema of the table; "*" is the one given at run time, default the connection's.
func (e *EntityBuilder) Schema(name string) { e.option("schema", name) }

// Comment sets the table comment.
func (e *EntityBuilder) Comment(text string) { e.option("comment", text) }

// Was names the table that the entity's was before, so that a migration renames it.
func (e *EntityBuilder) Was(table string) { e.option("was", table) }

// View maps the entity onto a view, read-only.
func (e *EntityBuilder) View(name string) { e.option("view", name) }

// As gives the query that makes the entity's view, in SQL.
func (e *EntityBuilder) As(sql string) { e.option("as", sql) }

// Materialized makes a view that keeps its rows until it is refreshed.
func (e *EntityBuilder) Materialized() { e.option("materialized", "") }

// Query backs the entity by a query instead of a table, read-only.
func (e *EntityBuilder) Query(sql string) { e.option("query", sql) }

// ReadOnly refuses writes.
func (e *EntityBuilder) ReadOnly() { e.option("readOnly", "") }

// Abstract says that no row is of exactly this type.
func (e *EntityBuilder) Abstract() { e.option("abstract", "") }

// SingleTable keeps the type and those that embed it in one table.
func (e *EntityBuilder) SingleTable() { e.option("inheritance", "single") }

// TablePerType gives each type that embeds this one a table of its own, joined by key.
func (e *EntityBuilder) TablePerType() { e.option("inheritance", "joined") }

// Discriminator names the column, or field, that tells the types of a hierarchy
// apart; default "type" as the naming strategy writes it.
func (e *EntityBuilder) Discriminator(column string) { e.option("discriminator", column) }

// DiscriminatorValue sets what rows of this type hold in the discriminator;
// default is the entity's name as the naming strategy writes it.
func (e *EntityBuilder) DiscriminatorValue(value string) { e.option("discriminatorValue", value) }

// OrderBy sets the default order of the entity's rows, in order-string form.
func (e *EntityBuilder) OrderBy(order ...string) {
	e.set(func(f *entityFacts) { f.orderBy = order })
}

// IndexDefinition describes an index or unique constraint.
type IndexDefinition struct {
	// Name is the index's name; "" makes one from table and columns.
	Name string
	// Properties are the properties covered, by name or path, in order.
	Properties []string
	// Include are properties whose columns the index keeps beside the ones it is ordered
	// by, so that reading them needs no look at the row, where the engine has that (PostgreSQL).
	Include []string
	// Unique refuses two rows with the same values; NULLs differ from each other.
	Unique bool
	// Deferrable declares a unique constraint deferrable, so that a flush may exchange
	// its values, where the engine has that (PostgreSQL).
	Deferrable bool
	// Fulltext makes the index one of the engine's text search.
	Fulltext bool
	// Where limits the index to rows for which the raw SQL holds.
	Where string
	// Expression is raw SQL that is indexed in place of Properties.
	Expression string
	// Document is what only indexes of document databases have (MongoDB).
	Document DocumentIndex
}

// Index adds an index.
func (e *EntityBuilder) Index(x IndexDefinition) {
	e.set(func(f *entityFacts) {
		f.indexes = append(f.indexes, indexFacts{
			name: x.Name, properties: x.Properties, include: x.Include, unique: x.Unique, deferrable: x.Deferrable, fulltext: x.Fulltext, where: x.Where, expression: x.Expression, document: x.Document,
		})
	})
}

// Unique adds a unique constraint over properties.
func (e *EntityBuilder) Unique(properties ...string) {
	e.Index(IndexDefinition{Properties: properties, Unique: true})
}

// Check adds a table check in raw SQL; an empty name is made from the table's.
func (e *EntityBuilder) Check(name, sql string) {
	e.set(func(f *entityFacts) { f.checks = append(f.checks, Check{Name: name, Expression: sql}) })
}

// Filter adds a named condition, see [Filter].
func (e *EntityBuilder) Filter(filter Filter) {
	e.set(func(f *entityFacts) { f.filters = append(f.filters, &filter) })
}

// Policy adds a policy of row level security, see [Policy].
func (e *EntityBuilder) Policy(policy Policy) {
	e.set(func(f *entityFacts) { f.policies = append(f.policies, &policy) })
}

// Field describes the field with that Go selector, "Name" or "Address.City",
// unexported ones included. The function [Field] does the same with a typed selector.
func (e *EntityBuilder) Field(selector string) *FieldBuilder { return e.def.field(selector) }

// Shadow adds a property that the struct has no field for, with a column of the
// kind that FieldBuilder.Type names; the default is text that may be NULL. Its
// values stand in the rel.Shadows that the struct embeds.
func (e *EntityBuilder) Shadow(name string) *FieldBuilder {
	if !slices.Contains(e.def.shadows, name) {
		e.def.shadows = append(e.def.shadows, name)
	}
	return e.def.field(name)
}

// field returns the builder of a field.
func (d *Definition) field(selector string) *FieldBuilder {
	b := d.fields[selector]
	if b == nil {
		b = &FieldBuilder{}
		if d.fields == nil {
			d.fields = map[string]*FieldBuilder{}
		}
		d.fields[selector] = b
		d.order = append(d.order, selector)
	}
	return b
}
