package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
)

func table(name string) []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: name}}
}

// Item is a row of ten columns.
type Item struct{ ent.Schema }

// Annotations names the table.
func (Item) Annotations() []schema.Annotation { return table("items") }

// Fields are the columns.
func (Item) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.String("name"),
		field.String("email"),
		field.String("city").Optional().Nillable(),
		field.Int32("age"),
		field.Int64("points").Optional().Nillable(),
		field.Float("score"),
		field.Bool("active"),
		field.Bytes("data"),
		field.Time("created_at").SchemaType(map[string]string{dialect.MySQL: "datetime(6)"}),
	}
}

// Author has books.
type Author struct{ ent.Schema }

// Annotations names the table.
func (Author) Annotations() []schema.Annotation { return table("authors") }

// Fields are the columns.
func (Author) Fields() []ent.Field { return []ent.Field{field.Int64("id"), field.String("name")} }

// Edges are the relations.
func (Author) Edges() []ent.Edge { return []ent.Edge{edge.To("books", Book.Type)} }

// Book has an author and tags.
type Book struct{ ent.Schema }

// Annotations names the table.
func (Book) Annotations() []schema.Annotation { return table("books") }

// Fields are the columns.
func (Book) Fields() []ent.Field {
	return []ent.Field{field.Int64("id"), field.String("title"), field.Int64("author_id")}
}

// Edges are the relations.
func (Book) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("author", Author.Type).Ref("books").Field("author_id").Unique().Required(),
		edge.To("tags", Tag.Type).StorageKey(edge.Table("book_tags"), edge.Columns("book_id", "tag_id")),
	}
}

// Tag is on many books.
type Tag struct{ ent.Schema }

// Annotations names the table.
func (Tag) Annotations() []schema.Annotation { return table("tags") }

// Fields are the columns.
func (Tag) Fields() []ent.Field { return []ent.Field{field.Int64("id"), field.String("name")} }

// Edges are the relations.
func (Tag) Edges() []ent.Edge { return []ent.Edge{edge.From("books", Book.Type).Ref("tags")} }
