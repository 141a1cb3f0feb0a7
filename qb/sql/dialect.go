package sql

import (
	"strings"

	"github.com/doug-martin/goqu/v9"

	"github.com/weft-orm/weft/mapper"
)

// Dialect is an SQL engine as data. It is immutable and safe for concurrent use.
type Dialect struct {
	name string
	// quote encloses identifiers.
	quote byte
	// numbered reports placeholders $1, $2, ... instead of ?.
	numbered bool
	// printer is the registered goqu dialect, selects its empty SELECT; every dataset
	// of a compilation comes from them.
	printer goqu.DialectWrapper
	selects *goqu.SelectDataset

	// columnType gives the type of a column that has no override.
	columnType func(t *mapper.Type, keyed bool) string
	// nativeEnum gives the type of a native enum column, "" where there is none.
	nativeEnum func(d *Dialect, t *mapper.Type) string
	// enumText is the format that reads a native enum as text, "" where there are none.
	enumText string
	// textCollation, uuidCollation and asciiCollation compare by code point; "" is the engine's own rule.
	textCollation, uuidCollation, asciiCollation string
	// charsets reports that a collation belongs to a character set named before its first underscore.
	charsets bool

	// collations are all that an order entry can name, nil where the server knows more.
	collations []string

	// found are the collations of text columns that weft did not make, by table and
	// column, where neither the mapping nor the engine's rule tells them.
	found map[[2]string]string

	// encode turns canonical values into parameters, by kind.
	encode func(t *mapper.Type) Encoding
	// lists is how a list of any length travels in one parameter.
	lists listForm
	// longList is how many whole numbers make a list of owners' keys long, so that it has a
	// placeholder for each; 0 for none.
	longList int
	// aggregateExists reports that an aggregate is tested against a list by EXISTS:
	// MariaDB loses the value of an aggregate before IN (sub-query).
	aggregateExists bool
	// texts is how patterns are matched.
	texts textForm
	// json is how a path into a document is read.
	json jsonForm
	// elements is how the elements of an array inside a document are looked at.
	elements elementForm
	// arrays is how an array column is tested as a set.
	arrays arrayForm
	// arraySize is the format of the number of elements of an array column.
	arraySize string
	// arrayArg is the format of text that compares with an array column, "" where text does.
	arrayArg string
	// castDecimals reports that a decimal parameter needs a cast to compare as a decimal.
	castDecimals bool

	// nullsOrder reports NULLS FIRST and NULLS LAST in ORDER BY.
	nullsOrder bool
	// nullsHigh reports that NULL sorts above every value by default.
	nullsHigh bool
	// offsetNeedsLimit reports that OFFSET cannot stand without LIMIT.
	offsetNeedsLimit bool
	// rowLocks reports FOR UPDATE and FOR SHARE; lockOf that they can name tables.
	rowLocks, lockOf bool
	// indexHint is what stands between a table and the indexes to read it by, "" where
	// there are no such hints; oneIndex reports that it takes one, without brackets.
	indexHint string
	oneIndex  bool
	// distinctOn reports DISTINCT ON, lateral LATERAL joins.
	distinctOn, lateral bool
	// writeSubqueries reports that a bulk write may read the table it changes in a sub-query.
	writeSubqueries bool
	// existsPerRow reports that EXISTS is asked again for each row of a table, whatever it asks.
	existsPerRow bool
	// nestedWhole reports that joins in parentheses are made for all rows before any is looked up in them.
	nestedWhole bool
	// emptyTable is the statement that empties a table, before the table's name.
	emptyTable string

	// writes are the forms of row-form writes.
	writes writeForms
}

// SQLite returns the dialect of SQLite 3.45 and later.
func SQLite() *Dialect { return &sqlite }

// Postgres returns the dialect of PostgreSQL 13 and later.
func Postgres() *Dialect { return &postgres }

// MySQL returns the dialect of MySQL 8.0.19 and later.
func MySQL() *Dialect { return &mysql }

// MariaDB returns the dialect of MariaDB 10.6 and later.
func MariaDB() *Dialect { return &mariadb }

// Dialects returns all dialects, in the order of the golden files.
func Dialects() []*Dialect { return []*Dialect{&sqlite, &postgres, &mysql, &mariadb} }

// WithCollations returns the dialect for a database where text columns, named by table
// and column, have other collations than those that compare by code point. Equality and
// order follow them, also in lists; patterns do not. What the mapping declares wins.
func (d *Dialect) WithCollations(found map[[2]string]string) *Dialect {
	if len(found) == 0 {
		return d
	}
	c := *d
	c.found = found
	return &c
}

// actual returns the collation of a column as far as it is known, "" for that which
// compares by code point, and the character set the collation belongs to.
func (d *Dialect) actual(c *mapper.Column) (collation, charset string) {
	if collation = c.Collation; collation == "" && d.found != nil && c.Table != nil {
		collation = d.found[[2]string{c.Table.Name, c.Name}]
	}
	if collation == "" || collation == d.textCollation {
		return "", ""
	}
	if d.charsets {
		charset, _, _ = strings.Cut(collation, "_")
	}
	return collation, charset
}

// Name returns "sqlite", "postgres", "mysql" or "mariadb".
func (d *Dialect) Name() string { return d.name }

// Encode turns a canonical value of type t into the parameter that writes it or
// compares with its column; nil stays nil.
func (d *Dialect) Encode(t *mapper.Type, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	if t == nil {
		return d.encodeUntyped(v)
	}
	if enc := d.encode(t); enc != nil {
		return enc(v)
	}
	return v, nil
}
