package mapper

import "time"

// facts are what a tag, or a builder call, says about one field. The zero value
// says nothing.
type facts struct {
	skip   bool
	column string
	// likeOption says that column stands there without quotes and is the name of an option.
	likeOption bool

	primary  bool
	generate string // "", auto, assigned, uuid, uuid4, ulid, objectid
	required bool
	nullable bool
	version  bool
	// concurrencyCheck makes writes compare the stored value with the one that was read.
	concurrencyCheck bool
	// softDelete makes the field tell whether a row was removed.
	softDelete bool
	optional   bool

	unique, index, fulltext bool
	expires, geo            bool
	expiresAfter            time.Duration
	deferrable              bool
	uniqueGroup, indexGroup string

	typ                string
	sqlType            map[string]string
	length             int
	precision, scale   int
	hasPrecision       bool
	enum               []string
	nativeEnum         string
	layout             string
	unsigned           bool
	defaultSQL         string
	generated          string
	collation, comment string
	was                string // the column's name before
	checks             []string
	json               bool
	inline             bool
	prefix             string
	hasPrefix          bool

	hidden, lazy, virtual, redacted bool
	formula                         string
	onCreate, onUpdate              string
	createFunc, updateFunc          func() any
	custom                          CustomType

	oneToOne                           bool
	mappedBy, inversedBy               string
	pivot                              string
	joinColumns, inverseJoinColumns    []string
	fk                                 []string
	references                         string // the unique property of the target
	cascade                            Cascade
	orphanRemoval, noConstraint, eager bool
	dbref                              bool
	onDelete                           ForeignKeyRule
	orderBy                            []string
	ordered                            bool
	orderColumn                        string
	strategy                           string
	through                            string // the collection whose first item this is
	targets                            []string
	types                              []string // what a field of an interface type may hold
	discriminator                      string   // the type column of a polymorphic reference or value
	where                              any      // the fixed condition of a collection

	// used are the options given, in order, for checks that need to know.
	used []string
}

// entityFacts are what a blank field's tag, or a builder call, says about an entity.
type entityFacts struct {
	name, table, schema string
	comment             string
	was                 string // the table's name before
	readOnly            bool
	viewSQL             string // makes the view
	materialized        bool
	query               string
	inheritance         Inheritance
	discriminator       string
	discriminatorValue  string
	abstract            bool
	orderBy             []string
	indexes             []indexFacts
	checks              []Check
	filters             []*Filter
	policies            []*Policy
}

// indexFacts describe an index by property names.
type indexFacts struct {
	name              string
	properties        []string
	include           []string
	unique, fulltext  bool
	deferrable        bool
	where, expression string
	document          DocumentIndex
}

// has reports whether the option was given.
func (f *facts) has(option string) bool {
	for _, u := range f.used {
		if u == option {
			return true
		}
	}
	return false
}
