package mapper

import (
	"strconv"
	"strings"
	"time"
)

// FieldBuilder describes one field, with the words of tags. Each method returns
// the builder. A later call wins over an earlier one and over the tag.
type FieldBuilder struct {
	items []tagItem
	set   []func(*facts)
	seen  bool
}

// option adds an option of the field tag.
func (f *FieldBuilder) option(name, value string) *FieldBuilder {
	f.items = append(f.items, tagItem{name: name, value: value, hasValue: value != ""})
	return f
}

// values adds an option with a list.
func (f *FieldBuilder) values(name string, values []string) *FieldBuilder {
	return f.option(name, strings.Join(values, "|"))
}

func (f *FieldBuilder) fact(fn func(*facts)) *FieldBuilder {
	f.set = append(f.set, fn)
	return f
}

// Skip leaves the field out of the mapping.
func (f *FieldBuilder) Skip() *FieldBuilder { return f.fact(func(x *facts) { x.skip = true }) }

// Column sets the column name.
func (f *FieldBuilder) Column(name string) *FieldBuilder {
	return f.fact(func(x *facts) { x.column = name })
}

// PrimaryKey makes the field (a part of) the key.
func (f *FieldBuilder) PrimaryKey() *FieldBuilder { return f.option("pk", "") }

// AutoIncrement lets the database number the key.
func (f *FieldBuilder) AutoIncrement() *FieldBuilder { return f.option("auto", "") }

// Assigned says that the application sets the key.
func (f *FieldBuilder) Assigned() *FieldBuilder { return f.option("assigned", "") }

// Generate makes the value on insert: "uuid" (version 7), "uuid4", "ulid" or "objectid".
func (f *FieldBuilder) Generate(kind string) *FieldBuilder {
	if kind == "uuid" || kind == "uuid4" || kind == "ulid" || kind == "objectid" {
		return f.option(kind, "")
	}
	return f.option("onCreate", kind)
}

// OnCreate makes the value before an insert when the field is zero.
func (f *FieldBuilder) OnCreate(make func() any) *FieldBuilder {
	return f.fact(func(x *facts) { x.createFunc = make })
}

// OnUpdate makes the value before each update.
func (f *FieldBuilder) OnUpdate(make func() any) *FieldBuilder {
	return f.fact(func(x *facts) { x.updateFunc = make })
}

// Custom maps the field through a custom type.
func (f *FieldBuilder) Custom(c CustomType) *FieldBuilder {
	return f.fact(func(x *facts) { x.custom = c })
}

// Unique adds a unique constraint; fields with the same group share one.
func (f *FieldBuilder) Unique(group ...string) *FieldBuilder {
	return f.option("unique", strings.Join(group, ""))
}

// Deferrable declares the unique constraint of the field, or of its group, deferrable,
// so that a flush may exchange its values, where the engine has that (PostgreSQL).
func (f *FieldBuilder) Deferrable() *FieldBuilder { return f.option("deferrable", "") }

// Index adds an index; fields with the same group share one.
func (f *FieldBuilder) Index(group ...string) *FieldBuilder {
	return f.option("index", strings.Join(group, ""))
}

// Fulltext adds an index of the engine's text search.
func (f *FieldBuilder) Fulltext() *FieldBuilder { return f.option("fulltext", "") }

// Expires lets a document database remove documents once the time of the field is that
// long ago (MongoDB).
func (f *FieldBuilder) Expires(after time.Duration) *FieldBuilder {
	return f.option("expires", after.String())
}

// Geo adds an index of places on the earth (MongoDB).
func (f *FieldBuilder) Geo() *FieldBuilder { return f.option("geo", "") }

// Required forbids NULL.
func (f *FieldBuilder) Required() *FieldBuilder { return f.option("required", "") }

// Nullable allows NULL: a nil slice or map stands for it.
func (f *FieldBuilder) Nullable() *FieldBuilder { return f.option("nullable", "") }

// Version makes the field the optimistic lock.
func (f *FieldBuilder) Version() *FieldBuilder { return f.option("version", "") }

// ConcurrencyCheck makes updates and deletes of a row fail when its value is another than was read.
func (f *FieldBuilder) ConcurrencyCheck() *FieldBuilder { return f.option("concurrencyCheck", "") }

// SoftDelete makes the field, a nullable time or a bool, tell that the row was removed:
// removing an entity sets it, and reads hide the row by the filter [SoftDeleteFilter].
func (f *FieldBuilder) SoftDelete() *FieldBuilder { return f.option("softDelete", "") }

// Optional leaves the column to the database's default on insert while the field is zero.
func (f *FieldBuilder) Optional() *FieldBuilder { return f.option("optional", "") }

// Type sets the value type: decimal, date, json and so on.
func (f *FieldBuilder) Type(name string) *FieldBuilder { return f.option("type", name) }

// SQLType sets the column type of a dialect; "" is all of them.
func (f *FieldBuilder) SQLType(dialect, typ string) *FieldBuilder {
	return f.fact(func(x *facts) {
		if x.sqlType == nil {
			x.sqlType = map[string]string{}
		}
		x.sqlType[dialect] = typ
	})
}

// Length limits text (code points) or bytes.
func (f *FieldBuilder) Length(n int) *FieldBuilder { return f.option("length", strconv.Itoa(n)) }

// Precision sets fractional second digits of a time, or digits of a decimal.
func (f *FieldBuilder) Precision(n int) *FieldBuilder { return f.option("precision", strconv.Itoa(n)) }

// Scale sets fraction digits of a decimal.
func (f *FieldBuilder) Scale(n int) *FieldBuilder { return f.option("scale", strconv.Itoa(n)) }

// Enum limits the value to a set.
func (f *FieldBuilder) Enum(values ...string) *FieldBuilder { return f.values("enum", values) }

// NativeEnum names a database enum type for the column.
func (f *FieldBuilder) NativeEnum(name string) *FieldBuilder { return f.option("nativeEnum", name) }

// Layout sets the text layout of a time column weft did not create.
func (f *FieldBuilder) Layout(layout string) *FieldBuilder { return f.option("layout", layout) }

// Unsigned makes an integer column unsigned where the database can.
func (f *FieldBuilder) Unsigned() *FieldBuilder { return f.option("unsigned", "") }

// Default sets the column's default in raw SQL.
func (f *FieldBuilder) Default(sql string) *FieldBuilder { return f.option("default", sql) }

// Generated makes a column the database computes from raw SQL.
func (f *FieldBuilder) Generated(sql string) *FieldBuilder { return f.option("generated", sql) }

// Collation sets the column's collation.
func (f *FieldBuilder) Collation(name string) *FieldBuilder { return f.option("collation", name) }

// Comment sets the column's comment.
func (f *FieldBuilder) Comment(text string) *FieldBuilder { return f.option("comment", text) }

// Was names the column that the property's was before, so that a migration renames it.
func (f *FieldBuilder) Was(column string) *FieldBuilder { return f.option("was", column) }

// Check adds a check in raw SQL.
func (f *FieldBuilder) Check(sql string) *FieldBuilder { return f.option("check", sql) }

// JSON keeps the field as a JSON document.
func (f *FieldBuilder) JSON() *FieldBuilder { return f.option("json", "") }

// Inline keeps an embedded struct as a property with columns of the owner, instead of as a base.
func (f *FieldBuilder) Inline() *FieldBuilder { return f.option("inline", "") }

// Prefix sets the prefix of an embeddable's columns; "" is none.
func (f *FieldBuilder) Prefix(prefix string) *FieldBuilder { return f.option("prefix", prefix) }

// Hidden leaves the property out of serialized output.
func (f *FieldBuilder) Hidden() *FieldBuilder { return f.option("hidden", "") }

// Redacted keeps the value out of logs and messages.
func (f *FieldBuilder) Redacted() *FieldBuilder { return f.option("redacted", "") }

// Lazy leaves the property out of reads unless asked for.
func (f *FieldBuilder) Lazy() *FieldBuilder { return f.option("lazy", "") }

// Virtual makes a property without a column.
func (f *FieldBuilder) Virtual() *FieldBuilder { return f.option("virtual", "") }

// Formula computes the property by raw SQL, with ? for the table's alias.
func (f *FieldBuilder) Formula(sql string) *FieldBuilder { return f.option("formula", sql) }

// OneToOne makes a relation to one target one-to-one.
func (f *FieldBuilder) OneToOne() *FieldBuilder { return f.option("oneToOne", "") }

// MappedBy makes the relation the inverse side of the target's field.
func (f *FieldBuilder) MappedBy(field string) *FieldBuilder { return f.option("mappedBy", field) }

// InversedBy names the inverse side, which is then checked to be there.
func (f *FieldBuilder) InversedBy(field string) *FieldBuilder { return f.option("inversedBy", field) }

// Pivot names the join table of a many-to-many relation.
func (f *FieldBuilder) Pivot(table string) *FieldBuilder { return f.option("pivot", table) }

// JoinColumns name the columns of the foreign key, or the owner's columns in the pivot.
func (f *FieldBuilder) JoinColumns(names ...string) *FieldBuilder {
	return f.values("joinColumn", names)
}

// InverseJoinColumns name the target's columns in the pivot.
func (f *FieldBuilder) InverseJoinColumns(names ...string) *FieldBuilder {
	return f.values("inverseJoinColumn", names)
}

// ForeignKey names the scalar fields that hold the relation's key.
func (f *FieldBuilder) ForeignKey(fields ...string) *FieldBuilder { return f.values("fk", fields) }

// References makes the foreign key refer to a unique property of the target in the place of
// its key.
func (f *FieldBuilder) References(property string) *FieldBuilder {
	return f.option("references", property)
}

// Cascade says what spreads to targets: persist, remove, merge, all or none.
func (f *FieldBuilder) Cascade(what ...string) *FieldBuilder { return f.values("cascade", what) }

// OrphanRemoval deletes targets that leave the relation.
func (f *FieldBuilder) OrphanRemoval() *FieldBuilder { return f.option("orphanRemoval", "") }

// OnDelete sets the foreign key's rule.
func (f *FieldBuilder) OnDelete(rule ForeignKeyRule) *FieldBuilder {
	return f.option("onDelete", string(rule))
}

// OnKeyUpdate sets the foreign key's rule for a change of the target's key.
func (f *FieldBuilder) OnKeyUpdate(rule ForeignKeyRule) *FieldBuilder {
	return f.option("onUpdate", string(rule))
}

// NoConstraint creates no foreign key constraint.
func (f *FieldBuilder) NoConstraint() *FieldBuilder { return f.option("noConstraint", "") }

// DBRef makes documents hold the keys of the relation as {$ref, $id}, with the collection
// beside the key (MongoDB). Other engines keep them as they do those of other relations.
func (f *FieldBuilder) DBRef() *FieldBuilder { return f.option("dbref", "") }

// OrderBy sets the default order of a to-many relation.
func (f *FieldBuilder) OrderBy(order ...string) *FieldBuilder { return f.values("orderBy", order) }

// Through makes a reference lead to the first item of a collection of the same entity, in
// the order that OrderBy gives. It is read-only, and not read unless asked for.
func (f *FieldBuilder) Through(collection string) *FieldBuilder {
	return f.option("through", collection)
}

// Targets names the entities that a polymorphic reference may lead to, each with the value of its
// rows in the type column behind a colon where that is not the default: "Photo:picture".
func (f *FieldBuilder) Targets(names ...string) *FieldBuilder { return f.values("targets", names) }

// Types names the structs that a field of an interface type may hold, each with what the type
// column has for it behind a colon where that is not the default: "Dog:hound". "*Dog" is made as
// a pointer when it is read.
func (f *FieldBuilder) Types(names ...string) *FieldBuilder { return f.values("types", names) }

// Discriminator names the type column of a polymorphic reference or embedded value, or the member
// of a document that tells the type.
func (f *FieldBuilder) Discriminator(column string) *FieldBuilder {
	return f.option("discriminator", column)
}

// Where makes a collection with mappedBy one of the rows alone for which the condition, an
// operator map about the items, holds. It is read-only.
func (f *FieldBuilder) Where(cond any) *FieldBuilder {
	return f.fact(func(x *facts) { x.where, x.used = cond, append(x.used, "where") })
}

// Ordered keeps the order of a many-to-many relation in a column, "position" unless named.
func (f *FieldBuilder) Ordered(column ...string) *FieldBuilder {
	return f.option("ordered", strings.Join(column, ""))
}

// Eager populates the relation on every read.
func (f *FieldBuilder) Eager() *FieldBuilder { return f.option("eager", "") }

// Strategy sets how the relation is loaded: auto, select-in, joined or balanced.
func (f *FieldBuilder) Strategy(name string) *FieldBuilder { return f.option("strategy", name) }
