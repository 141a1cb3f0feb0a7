// Package mongo compiles logical queries to MongoDB: a find filter where the
// entity's own fields suffice, one aggregation pipeline where a condition, an
// order or a joined relation leads elsewhere, and bulk write models for changes.
//
// [Compile] is pure. Its result, a [Command], is a template of BSON with holes
// for the argument slots; [Command.Bind] fills the holes with encoded values and
// [Command.BindRow] does so for the rows of a flush. Running commands, cursors,
// transactions and error classes are the business of driver/mongo.
//
// # Documents
//
// An entity is a document of the collection named by its table. The primary key
// is _id: the value itself, or a sub-document of the key columns when the key is
// composite. Other columns are top-level fields of their name. A to-one relation
// is the target's _id under the relation's column name (under the relation's own
// name when the target's key is composite). A many-to-many relation is an array
// of the targets' _ids on the owning side, under the relation's name; the other
// side stores nothing. Missing and null mean the same, but for a JSON property,
// where null is JSON's own null and NULL is stored as no field at all.
//
// # Conditions
//
// A compiled filter accepts exactly the documents for which the condition is
// true; false and unknown are not told apart, which is enough because conditions
// arrive in negation normal form. A condition that leads through a relation is a
// $lookup by localField and foreignField whose pipeline holds the condition and
// keeps at most one _id; the filter then looks at that helper field.
//
// What MongoDB cannot express is an [UnsupportedError] naming entity, path and
// operator, at compile time.
package mongo
