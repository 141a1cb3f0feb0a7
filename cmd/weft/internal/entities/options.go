package entities

import (
	"path"
	"slices"
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/naming"
)

// Options say what to write. They are the section "entities" of weft.yaml.
type Options struct {
	// Out is the folder of the package, default the one with the entities.
	Out string `yaml:"out"`
	// Package is the name of the package, default that of the folder.
	Package string `yaml:"package"`
	// Style is "tags" (the default) or "define": plain structs, mapped by mapper.Define.
	Style string `yaml:"style"`
	// Naming is the naming strategy; default is the one that explains most names.
	Naming string `yaml:"naming"`
	// Schemas are the schemas to read beside or instead of the connection's own, "".
	Schemas []string `yaml:"schemas"`
	// Take and Skip are patterns of tables, "film_*" or "audit.*"; an empty Take takes all.
	Take []string `yaml:"take"`
	Skip []string `yaml:"skip"`
	// ScalarIDs puts the foreign key beside each reference.
	ScalarIDs bool `yaml:"scalarIDs"`
	// Types are Go types by column type: "numeric" or "numeric(10,2)" to "github.com/shopspring/decimal.Decimal".
	Types map[string]string `yaml:"types"`
	// Tables say more about single tables and views, by name.
	Tables map[string]*TableOptions `yaml:"tables"`
}

// TableOptions say more about a table or view.
type TableOptions struct {
	// Name is the name of the entity.
	Name string `yaml:"name"`
	// Key names the columns of the key where the database declares none: of a view, or a table.
	Key []string `yaml:"key"`
	// Columns say more about columns, by name.
	Columns map[string]*ColumnOptions `yaml:"columns"`
	// Relations say more about foreign keys, by their columns: "author_id", or "order,line".
	Relations map[string]*RelationOptions `yaml:"relations"`
}

// ColumnOptions say more about a column.
type ColumnOptions struct {
	// Name is the name of the field, Type its Go type.
	Name string `yaml:"name"`
	Type string `yaml:"type"`
	// Skip leaves the column out of the mapping.
	Skip bool `yaml:"skip"`
}

// RelationOptions say more about a foreign key.
type RelationOptions struct {
	// Name is the name of the reference, Inverse that of the other side; "-" leaves a side out.
	Name    string `yaml:"name"`
	Inverse string `yaml:"inverse"`
}

const (
	styleTags   = "tags"
	styleDefine = "define"
)

// check refuses options that cannot be followed, before a database is asked.
func (o Options) check() error {
	if o.Style != "" && o.Style != styleTags && o.Style != styleDefine {
		return optionError("style %q is none of tags, define%s", o.Style, suggest.Hint(o.Style, []string{styleTags, styleDefine}))
	}
	if o.Naming != "" {
		if _, err := naming.Parse(o.Naming); err != nil {
			return optionError("%v", err)
		}
	}
	if o.Package != "" && !isIdentifier(o.Package) {
		return optionError("package %q is not a Go name", o.Package)
	}
	for _, p := range slices.Concat(o.Take, o.Skip) {
		if _, err := path.Match(p, "x"); err != nil {
			return optionError("pattern %q: %v", p, err)
		}
	}
	for name, t := range o.Tables {
		if t == nil {
			return optionError("table %s: nothing is said about it", name)
		}
		if err := t.check(name); err != nil {
			return err
		}
	}
	return nil
}

func (t *TableOptions) check(name string) error {
	if t.Name != "" && !isExported(t.Name) {
		return optionError("table %s: %q is not the name of an exported Go type", name, t.Name)
	}
	for column, c := range t.Columns {
		if c != nil && c.Name != "" && !isExported(c.Name) {
			return optionError("column %s.%s: %q is not the name of an exported Go field", name, column, c.Name)
		}
	}
	for columns, r := range t.Relations {
		for _, given := range []string{r.Name, r.Inverse} {
			if given != "" && given != "-" && !isExported(given) {
				return optionError("relation %s.%s: %q is not the name of an exported Go field", name, columns, given)
			}
		}
	}
	return nil
}

// takes reports that a table is to be mapped.
func (o Options) takes(t *Table) bool {
	matches := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool {
			name, _ := path.Match(p, t.Name)
			full, _ := path.Match(p, t.String())
			return name || full
		})
	}
	return (len(o.Take) == 0 || matches(o.Take)) && !matches(o.Skip)
}

// of returns what is said about a table, never nil.
func (o Options) of(t *Table) *TableOptions {
	for _, name := range []string{t.String(), t.Name} {
		if said := o.Tables[name]; said != nil {
			return said
		}
	}
	return &TableOptions{}
}

func (t *TableOptions) column(name string) ColumnOptions {
	if c := t.Columns[name]; c != nil {
		return *c
	}
	return ColumnOptions{}
}

func (t *TableOptions) relation(columns []string) RelationOptions {
	if r := t.Relations[strings.Join(columns, ",")]; r != nil {
		return *r
	}
	return RelationOptions{}
}

// unknown returns the first name of the options that the database does not have.
func (o Options) unknown(db *Database) error {
	var names []string
	for _, t := range db.Tables {
		names = append(names, t.Name)
	}
	for _, name := range sortedKeys(o.Tables) {
		i := slices.IndexFunc(db.Tables, func(t *Table) bool { return t.Name == name || t.String() == name })
		if i < 0 {
			return optionError("there is no table %s%s", name, suggest.Hint(name, names))
		}
		if err := o.Tables[name].unknown(db.Tables[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *TableOptions) unknown(table *Table) error {
	var names []string
	for _, c := range table.Columns {
		names = append(names, c.Name)
	}
	for _, name := range slices.Concat(sortedKeys(t.Columns), t.Key) {
		if !slices.Contains(names, name) {
			return optionError("%s has no column %s%s", table, name, suggest.Hint(name, names))
		}
	}
	var keys []string
	for _, fk := range table.ForeignKeys {
		keys = append(keys, strings.Join(fk.Columns, ","))
	}
	for _, name := range sortedKeys(t.Relations) {
		if !slices.Contains(keys, name) {
			return optionError("%s has no foreign key on %s%s", table, name, suggest.Hint(name, keys))
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
