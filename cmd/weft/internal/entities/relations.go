package entities

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/naming"
)

// A joinTable is a table that is nothing but a many-to-many relation.
type joinTable struct {
	table         *Table
	owner, target *ForeignKey
}

// joinTable recognises a table of two foreign keys that are the key together, and
// of nothing else.
func (p *planner) joinTable(t *Table) *joinTable {
	if t.View || len(t.ForeignKeys) != 2 || p.opts.Tables[t.Name] != nil && p.opts.Tables[t.Name].Name != "" {
		return nil
	}
	a, b := t.ForeignKeys[0], t.ForeignKeys[1]
	all := slices.Concat(a.Columns, b.Columns)
	if len(t.Columns) != len(all) || !t.isUnique(all) || a.OnDelete != b.OnDelete || a.OnUpdate != b.OnUpdate {
		return nil
	}
	for _, fk := range t.ForeignKeys {
		target := p.target(fk)
		if target == nil || t.isUnique(fk.Columns) || slices.ContainsFunc(fk.Columns, func(c string) bool { return t.column(c).Nullable }) {
			return nil
		}
	}
	if len(t.Key) > 0 && !slices.Equal(t.Key, all) && slices.Equal(t.Key, slices.Concat(b.Columns, a.Columns)) {
		a, b = b, a // the key of a join table begins with the owner
	}
	return &joinTable{table: t, owner: a, target: b}
}

// target is the table a foreign key refers to, nil unless it is mapped and its key is meant.
func (p *planner) target(fk *ForeignKey) *Table {
	t := p.db.table(fk.RefSchema, fk.RefTable)
	if t == nil || !sameSet(t.Key, fk.RefColumns) {
		return nil
	}
	return t
}

// inKeyOrder returns the columns of a foreign key in the order of the key they refer to.
func inKeyOrder(fk *ForeignKey, target *Table) []string {
	out := make([]string, len(target.Key))
	for i, k := range target.Key {
		out[i] = fk.Columns[slices.Index(fk.RefColumns, k)]
	}
	return out
}

// isReference reports a foreign key that becomes a reference.
func (p *planner) isReference(e *entity, fk *ForeignKey) bool {
	return p.target(fk) != nil && e.said.relation(fk.Columns).Name != "-" &&
		!slices.ContainsFunc(fk.Columns, func(c string) bool { return e.said.column(c).Skip })
}

// referenceOf returns the foreign key that a column belongs to, nil when it has
// none that becomes a reference.
func (p *planner) referenceOf(e *entity, column string) *ForeignKey {
	for _, fk := range e.table.ForeignKeys {
		if slices.Contains(fk.Columns, column) && p.isReference(e, fk) {
			return fk
		}
	}
	return nil
}

// noRelation says of a column which foreign keys on it are no relations, and why.
func (p *planner) noRelation(e *entity, column string) []string {
	var notes []string
	for _, fk := range e.table.ForeignKeys {
		if !slices.Contains(fk.Columns, column) || p.isReference(e, fk) {
			continue
		}
		to := qualified(fk.RefSchema, fk.RefTable)
		switch {
		case e.said.relation(fk.Columns).Name == "-":
		case p.db.table(fk.RefSchema, fk.RefTable) == nil:
			notes = append(notes, "refers to "+to+", which is not mapped")
		default:
			notes = append(notes, "refers to "+to+" ("+strings.Join(fk.RefColumns, ", ")+"), which is not its key, so that there is no relation")
		}
	}
	return notes
}

// keepsScalars reports that the columns of a foreign key have fields beside the
// reference: asked for, or because another foreign key shares one of them, or the key
// has some of them only.
func (p *planner) keepsScalars(e *entity, fk *ForeignKey) bool {
	if p.opts.ScalarIDs {
		return true
	}
	inKey := 0
	for _, c := range fk.Columns {
		for _, other := range e.table.ForeignKeys {
			if other != fk && slices.Contains(other.Columns, c) && p.isReference(e, other) {
				return true
			}
		}
		if slices.Contains(p.key(e), c) {
			inKey++
		}
	}
	return inKey > 0 && inKey < len(fk.Columns)
}

// anchor is the column behind which a reference stands: its first one, or its last
// where they have fields of their own.
func (p *planner) anchor(e *entity, fk *ForeignKey) string {
	var list []string
	for _, c := range e.table.Columns {
		if slices.Contains(fk.Columns, c.Name) {
			list = append(list, c.Name)
		}
	}
	if p.keepsScalars(e, fk) {
		return list[len(list)-1]
	}
	return list[0]
}

// reference adds the field of a foreign key.
func (p *planner) reference(e *entity, fk *ForeignKey, key []string) {
	target := p.target(fk)
	columns := inKeyOrder(fk, target)
	f := &field{relation: true, columns: columns, imports: []string{relPath}}
	f.name = p.referenceName(e, fk, target)
	f.target = p.entity(target).name
	scalars := p.keepsScalars(e, fk)
	if !slices.Equal(p.joinColumns(f.name, target), columns) {
		if len(columns) == 1 {
			f.column = columns[0]
		} else {
			f.add("joinColumn", strings.Join(columns, "|"))
		}
	}
	isKey := !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(key, c) })
	if isKey && !scalars {
		f.add("pk", "")
	}
	if e.table.isUnique(columns) {
		f.add("oneToOne", "")
	}
	required := !slices.ContainsFunc(columns, func(c string) bool { return e.table.column(c).Nullable })
	if required && !scalars && !isKey {
		f.add("required", "")
	}
	f.rules(fk)
	if len(columns) == 1 {
		c := e.table.column(columns[0])
		f.comment = c.Comment
		if c.Comment != "" && p.db.Dialect != "sqlite" && !scalars {
			f.add("comment", c.Comment)
		}
		if c.Default != "" && !scalars {
			f.notes = append(f.notes, "the default "+c.Default+" of the column is not part of the mapping")
		}
	}
	e.fields = append(e.fields, f)
}

const relPath = "github.com/weft-orm/weft/rel"

// rules adds the rules of a foreign key that are not the usual ones.
func (f *field) rules(fk *ForeignKey) {
	if fk.OnDelete != "" && fk.OnDelete != "no action" {
		f.add("onDelete", fk.OnDelete)
	}
	if fk.OnUpdate != "" && fk.OnUpdate != "no action" {
		f.add("onUpdate", fk.OnUpdate)
	}
}

// joinColumns are the columns the strategy gives to a reference of that name.
func (p *planner) joinColumns(fieldName string, target *Table) []string {
	te := p.entity(target)
	if len(target.Key) != 1 {
		return nil // spelt out
	}
	keyField := goName(words(target.Key[0]))
	if fk := p.referenceOf(te, target.Key[0]); fk != nil && !p.keepsScalars(te, fk) {
		return nil
	}
	switch said := te.said.column(target.Key[0]); {
	case said.Name != "":
		keyField = said.Name
	case strings.EqualFold(strings.TrimSuffix(keyField, "ID"), te.name) && strings.HasSuffix(keyField, "ID") && !hasID(target, target.column(target.Key[0])):
		keyField = "ID"
	}
	return naming.JoinColumns(p.strategy, naming.LowerCamel(fieldName), []string{naming.LowerCamel(keyField)})
}

// keyWords are the last words of columns that hold keys.
var keyWords = []string{"id", "uuid", "guid", "key", "fk", "code", "no", "ref", "pk"}

// referenceName names a reference after its column without the word for the key.
func (p *planner) referenceName(e *entity, fk *ForeignKey, target *Table) string {
	if said := e.said.relation(fk.Columns).Name; said != "" {
		return p.chosen(e.names, e.table.String()+"."+strings.Join(fk.Columns, ","), said)
	}
	targetName := p.entity(target).name
	list := endWords(fk)
	if len(list) == 0 || slices.Equal(list, words(target.Name)) {
		list = words(targetName) // "customers_id" refers to one customer
	}
	name := goName(list)
	if p.keepsScalars(e, fk) && len(fk.Columns) == 1 && name == goName(words(fk.Columns[0])) {
		name += targetName
	}
	// The column of another field may want this name: it has the word for the key as its own.
	if other := e.table.column(strings.Join(list, "_")); other != nil && other.Name != fk.Columns[0] {
		return e.names.take(name+"Ref", targetName)
	}
	return e.names.take(name, targetName, name+"Ref")
}

// endWords are what the columns of a foreign key say about its role: the words
// before the one for the key; of several columns, the words that those have in common
// which are called otherwise than the key they refer to.
func endWords(fk *ForeignKey) []string {
	var common []string
	for i, c := range fk.Columns {
		if len(fk.Columns) > 1 && c == fk.RefColumns[i] {
			continue
		}
		list := words(c)
		if n := len(list) - 1; n >= 0 && slices.Contains(keyWords, list[n]) {
			list = list[:n]
		}
		if common == nil {
			common = list
			continue
		}
		n := 0
		for n < len(common) && n < len(list) && common[n] == list[n] {
			n++
		}
		common = common[:n]
	}
	return common
}

// relations adds the other sides, and many-to-many relations.
func (p *planner) relations() {
	for _, e := range p.entities {
		for _, f := range slices.Clone(e.fields) {
			switch {
			case !f.relation || f.has("mappedBy"):
			case f.many:
				p.linkedBack(e, f)
			default:
				p.inverse(e, f)
			}
		}
	}
	for _, j := range p.joins {
		p.manyToMany(j)
	}
}

func (p *planner) byName(name string) *entity {
	i := slices.IndexFunc(p.entities, func(e *entity) bool { return e.name == name })
	return p.entities[i]
}

// inverse adds the other side of a reference.
func (p *planner) inverse(e *entity, f *field) {
	said := RelationOptions{}
	for _, fk := range e.table.ForeignKeys {
		if sameSet(fk.Columns, f.columns) {
			said = e.said.relation(fk.Columns)
		}
	}
	if said.Inverse == "-" {
		return
	}
	target := p.byName(f.target)
	one := f.has("oneToOne")
	other := &field{relation: true, target: e.name, many: !one, imports: []string{relPath}}
	if one {
		other.add("oneToOne", "")
	}
	other.add("mappedBy", f.name)
	if said.Inverse != "" {
		other.name = p.chosen(target.names, e.table.String()+"."+strings.Join(f.columns, ","), said.Inverse)
		target.fields = append(target.fields, other)
		return
	}
	other.name = target.names.take(p.inverseName(e, f, target, one), pluralOrOne(e.name, one)+"By"+f.name)
	target.fields = append(target.fields, other)
}

func pluralOrOne(name string, one bool) string {
	if one {
		return name
	}
	return pluralName(name)
}

// selfNames name the other side of references to the same table.
var selfNames = map[string]string{
	"Parent": "Children", "Manager": "Reports", "Supervisor": "Reports", "Boss": "Reports", "ReportsTo": "Reports",
	"Lead": "Reports", "ReplyTo": "Replies", "InReplyTo": "Replies", "Previous": "Following", "Original": "Copies",
}

// inverseName names the other side of a reference: after the entity, and after the
// reference too where that says more than the target.
func (p *planner) inverseName(e *entity, f *field, target *entity, one bool) string {
	name := pluralOrOne(e.name, one)
	switch {
	case e == target && selfNames[f.name] != "" && !one:
		return selfNames[f.name]
	case e == target:
		return name + "By" + f.name
	case f.name == target.name || !p.several(e, f):
		return name
	}
	return f.name + name
}

// several reports that an entity refers to one target more than once.
func (p *planner) several(e *entity, f *field) bool {
	n := 0
	for _, other := range e.fields {
		if other.relation && !other.has("mappedBy") && other.target == f.target && !other.many {
			n++
		}
	}
	return n > 1
}

// manyToMany adds both sides of a join table.
func (p *planner) manyToMany(j *joinTable) {
	said := p.opts.of(j.table)
	owner, target := p.entity(p.target(j.owner)), p.entity(p.target(j.target))
	one := &field{relation: true, many: true, target: target.name, imports: []string{relPath}}
	ownName, otherName := pluralName(target.name), pluralName(owner.name)
	if owner == target {
		ownName, otherName = p.endName(j.target), p.endName(j.owner)
	}
	one.name = owner.names.take(said.relation(j.owner.Columns).Inverse, ownName, ownName+"Of"+goName(words(j.table.Name)))
	if p.strategy.JoinTable(owner.name, naming.LowerCamel(one.name), target.name) != j.table.Name {
		one.add("pivot", j.table.Name)
	}
	p.pivotColumns(one, j, owner, target)
	if j.owner.OnDelete != "cascade" {
		rule := j.owner.OnDelete
		if rule == "" {
			rule = "no action"
		}
		one.add("onDelete", rule)
	}
	if j.owner.OnUpdate != "" && j.owner.OnUpdate != "no action" {
		one.add("onUpdate", j.owner.OnUpdate)
	}
	owner.fields = append(owner.fields, one)
	if j.table.Schema != owner.table.Schema {
		owner.notes = append(owner.notes, "The join table "+j.table.String()+" stands in another schema than its owner.")
	}
	inverse := said.relation(j.target.Columns).Inverse
	if inverse == "-" {
		return
	}
	other := &field{relation: true, many: true, target: owner.name, imports: []string{relPath}}
	other.name = target.names.take(inverse, otherName, otherName+"Of"+goName(words(j.table.Name)))
	other.add("mappedBy", one.name)
	target.fields = append(target.fields, other)
}

// endName names one end of a join table of a table with itself after its columns.
func (p *planner) endName(fk *ForeignKey) string {
	list := endWords(fk)
	if len(list) == 0 {
		return pluralName(p.entity(p.target(fk)).name)
	}
	return goName(lastWord(list, plural))
}

// pivotColumns spells out the columns of a join table that the strategy would call otherwise.
func (p *planner) pivotColumns(f *field, j *joinTable, owner, target *entity) {
	ownerName, targetName := owner.name, target.name
	if owner == target {
		ownerName, targetName = ownerName+"1", targetName+"2"
	}
	for _, end := range []struct {
		option, as string
		fk         *ForeignKey
		e          *entity
	}{{"joinColumn", ownerName, j.owner, owner}, {"inverseJoinColumn", targetName, j.target, target}} {
		columns := inKeyOrder(end.fk, end.e.table)
		if !slices.Equal(p.joinColumns(end.as, end.e.table), columns) {
			f.add(end.option, strings.Join(columns, "|"))
		}
	}
}
