package naming

// EntityCase keeps names as the model writes them: the table of BlogPost is BlogPost, the column of the property
// createdAt is createdAt, and a reference is called like its property. The zero value is ready to use.
type EntityCase struct{}

// Table gives "BlogPost" for "BlogPost".
func (EntityCase) Table(entity string) string { return clean(entity) }

// Column gives "createdAt" for "createdAt".
func (EntityCase) Column(property string) string { return clean(property) }

// JoinColumn gives "author" for ("author", "id"): the name of the property, whatever the key is called.
func (EntityCase) JoinColumn(property, _ string) string { return clean(property) }

// JoinTable gives "Book_tags" for ("Book", "tags", "Tag").
func (EntityCase) JoinTable(owner, property, _ string) string {
	return clean(owner) + "_" + clean(property)
}
