package naming

// Underscore is the default strategy: lower case words joined by underscores, plural tables. BlogPost.createdAt is
// blog_posts.created_at. The zero value is ready to use.
type Underscore struct {
	// Singular keeps table names singular: blog_post. The default, false, pluralises their last word.
	Singular bool
}

// Table gives "blog_posts" for "BlogPost", or "blog_post" when Singular is set.
func (u Underscore) Table(entity string) string {
	if u.Singular {
		return Snake(entity)
	}
	return plural(Snake(entity), '_')
}

// Column gives "created_at" for "createdAt".
func (Underscore) Column(property string) string { return Snake(property) }

// JoinColumn gives "author_id" for ("author", "id").
func (Underscore) JoinColumn(property, key string) string {
	return Snake(property) + "_" + Snake(key)
}

// JoinTable gives "book_tags" for ("Book", "tags", "Tag"). The property tells two relations between the same entities
// apart, so the target takes no part.
func (Underscore) JoinTable(owner, property, _ string) string {
	return Snake(owner) + "_" + Snake(property)
}

// Discriminator gives "company_owner" for "CompanyOwner".
func (Underscore) Discriminator(entity string) string { return Snake(entity) }
