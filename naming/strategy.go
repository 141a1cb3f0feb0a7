package naming

// Strategy turns Go names into database names. Implementations are pure: the same arguments give the same name, and
// a value may be shared between goroutines.
//
// Entity names are Go type names ("BlogPost"), property names are lower camel case ("createdAt"), as [LowerCamel]
// makes them. A name written in a struct tag or in a mapping never passes through a strategy.
type Strategy interface {
	// Table names the table, collection or view of an entity.
	Table(entity string) string
	// Column names the column or field of a property.
	Column(property string) string
	// JoinColumn names the column that refers to one key property of the target of a relation. The columns of a join
	// table are asked for with the lower camel entity name as the property.
	JoinColumn(property, key string) string
	// JoinTable names the join table of a many-to-many property of owner.
	JoinTable(owner, property, target string) string
}

// JoinColumns names the columns that refer to a key of several properties, in the order of keys. Where a strategy
// leaves the key out of the name, so that the parts of a composite key would share one column, each part is named like
// a property made of both names: "order" and "number" give the column of "orderNumber".
func JoinColumns(s Strategy, property string, keys []string) []string {
	columns := make([]string, len(keys))
	seen := make(map[string]bool, len(keys))
	clash := false
	for i, key := range keys {
		columns[i] = s.JoinColumn(property, key)
		clash = clash || seen[columns[i]]
		seen[columns[i]] = true
	}
	if !clash {
		return columns
	}
	for i, key := range keys {
		columns[i] = s.Column(property + upperFirst(key))
	}
	return columns
}
