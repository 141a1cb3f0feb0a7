package naming

import "strings"

// Mongo follows the habits of MongoDB: camel case fields, and plural collections of lower case words joined by
// dashes. BlogPost.createdAt is the field createdAt of blog-posts. The zero value is ready to use.
//
// It does not name the key field: that every document is identified by _id is the mapper's knowledge.
type Mongo struct {
	// Singular keeps collection names singular: blog-post. The default, false, pluralises their last word.
	Singular bool
}

// Table gives "blog-posts" for "BlogPost", or "blog-post" when Singular is set.
func (m Mongo) Table(entity string) string {
	if m.Singular {
		return dashed(entity)
	}
	return plural(dashed(entity), '-')
}

// Column gives "createdAt" for "createdAt".
func (Mongo) Column(property string) string { return LowerCamel(property) }

// JoinColumn gives "author" for ("author", "id"): a reference is stored under the name of its property.
func (Mongo) JoinColumn(property, _ string) string { return LowerCamel(property) }

// JoinTable gives "book-tags" for ("Book", "tags", "Tag"). Only a many-to-many relation with an entity of its own
// needs it; the others live in an array of the owner.
func (Mongo) JoinTable(owner, property, _ string) string {
	return dashed(owner) + "-" + dashed(property)
}

func dashed(name string) string { return strings.ReplaceAll(Snake(name), "_", "-") }
