package sql

import (
	"fmt"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/docpath"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// mysqlJSON reads documents of MySQL and MariaDB.
type mysqlJSON struct {
	// spelled reports that keys are found by how they are spelled: MariaDB compares a key
	// of a path with the text of the document, escapes included, and never finds one that
	// begins with a minus.
	spelled bool
}

// jsonStep is a step of a path: a key, "[n]", or the place of an element.
type jsonStep struct {
	key     string
	element *plan.Element
}

// steps returns the document of a place and the steps to it.
func (mysqlJSON) steps(j *plan.JSON) (document *plan.Ref, steps []jsonStep) {
	if j.Element == nil {
		document = j.Document
	} else {
		document, steps = mysqlJSON{}.steps(j.Element.Array)
		steps = append(steps, jsonStep{element: j.Element})
	}
	for _, k := range j.Path {
		steps = append(steps, jsonStep{key: k})
	}
	return document, steps
}

// at is the JSON at a place. The engine takes what is no array for an array of one
// element, so that the first element is asked for of arrays only.
func (f mysqlJSON) at(p *printer, j *plan.JSON) part {
	document, steps := f.steps(j)
	var guards []string
	var args []part
	for i, s := range steps {
		if s.key == "[0]" {
			guards = append(guards, "json_type(?) = 'ARRAY'")
			args = append(args, f.follow(p, document, steps[:i]))
		}
	}
	value := f.follow(p, document, steps)
	if len(guards) == 0 {
		return value
	}
	return func() { p.format("CASE WHEN "+strings.Join(guards, " AND ")+" THEN ? END", append(args, value)...) }
}

// follow takes the steps from a document: as one path, but for keys that a path may miss.
func (f mysqlJSON) follow(p *printer, document plan.Expr, steps []jsonStep) part {
	at, from := p.of(document), 0
	for i, s := range steps {
		if f.spelled && s.element == nil && !docpath.IsElement(s.key) && !plainKey(s.key) {
			at, from = f.member(p, f.extract(p, at, steps[from:i]), s.key), i+1
		}
	}
	return f.extract(p, at, steps[from:])
}

// extract follows one path.
func (mysqlJSON) extract(p *printer, at part, steps []jsonStep) part {
	if len(steps) == 0 {
		return at
	}
	pieces, keys := []part{}, []string{}
	path := func() {
		text := jsonPath(keys)
		if len(pieces) > 0 {
			text = text[1:]
		}
		if text != "" {
			pieces = append(pieces, p.constant(text))
		}
		keys = nil
	}
	for _, s := range steps {
		if s.element == nil {
			keys = append(keys, s.key)
			continue
		}
		path()
		pieces = append(pieces, func() { p.format("'[', ? - 1, ']'", func() { p.ident(s.element.Alias, "i") }) })
	}
	path()
	if len(pieces) == 1 {
		return func() { p.format("json_extract(?, ?)", at, pieces[0]) }
	}
	return func() {
		p.format("json_extract(?, concat(?))", at, func() { p.each(len(pieces), ", ", func(i int) { pieces[i]() }) })
	}
}

// member is the value of a key, found among the keys whatever its spelling.
func (mysqlJSON) member(p *printer, object part, key string) part {
	return func() {
		p.format("(SELECT json_extract(json_extract(?, '$.*'), concat('$[', j.i - 1, ']')) FROM "+
			"JSON_TABLE(json_keys(?), '$[*]' COLUMNS (i FOR ORDINALITY, k longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$')) AS j WHERE j.k = ? LIMIT 1)",
			object, object, p.constant(key))
	}
}

// plainKey reports a key that everybody spells alike and that a path finds.
func plainKey(key string) bool {
	if strings.HasPrefix(key, "-") {
		return false
	}
	for _, c := range key {
		if c < 0x20 || c >= 0x7f || strings.ContainsRune(`"\<>&`, c) {
			return false
		}
	}
	return true
}

func (f mysqlJSON) some(p *printer, n *plan.Elements) {
	at := f.at(p, n.Element.Array)
	p.test("json_type(?) = 'ARRAY' AND "+not(n.Not)+"EXISTS (SELECT 1 FROM ??)", at, f.rows(p, n.Element), p.where(n.Where))
}

// rows is a table with a row for each element, its number in i.
func (f mysqlJSON) rows(p *printer, e *plan.Element) part {
	return func() {
		p.format("JSON_TABLE(?, '$[*]' COLUMNS (i FOR ORDINALITY)) AS ?", f.at(p, e.Array), func() { p.quote(e.Alias) })
	}
}

func (f mysqlJSON) size(p *printer, j *plan.JSON) {
	p.format("CASE WHEN json_type(?) = 'ARRAY' THEN json_length(?) END", f.at(p, j), f.at(p, j))
}

// contains counts how many values of the list there are among the elements: the
// engine's own test also enters arrays within the array.
func (f mysqlJSON) contains(p *printer, n *plan.Set, list conditions.Slot) {
	value := &plan.JSON{Element: n.Element, As: n.Type.Kind}
	in := &plan.InList{Expr: value, List: &plan.Arg{Slot: list, Type: n.Type}}
	p.test("json_type(?) = 'ARRAY' AND "+not(n.Not)+"((SELECT count(DISTINCT ?) FROM ??) = ?)", f.at(p, n.Element.Array),
		p.of(value), f.rows(p, n.Element), p.where(in), p.slot(list, lengthOf))
}

// lengthOf is the number of items of a list.
func lengthOf(v any) (any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("%w: %T where a list is expected", ErrArgument, v)
	}
	return int64(len(list)), nil
}

func (f mysqlJSON) value(p *printer, j *plan.JSON) {
	format := "CASE WHEN json_type(?) = 'STRING' THEN " + strings.Replace(p.d.texts.convert, "?", "json_unquote(?)", 1) + " END"
	switch j.As {
	case mapper.Int, mapper.Uint:
		format = "CASE WHEN json_type(?) IN (" + mysqlNumbers + ") THEN CAST(json_unquote(?) AS DECIMAL(65,30)) END"
	case mapper.Float:
		format = "CASE WHEN json_type(?) IN (" + mysqlNumbers + ") THEN CAST(json_unquote(?) AS DOUBLE) END"
	case mapper.Bool:
		format = "CASE WHEN json_type(?) = 'BOOLEAN' THEN json_unquote(?) = 'true' END"
	}
	p.format(format, f.at(p, j), f.at(p, j))
}

// mysqlNumbers are the names json_type has for numbers.
const mysqlNumbers = "'INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL'"

func (f mysqlJSON) absent(p *printer, j *plan.JSON) {
	p.format("lower(coalesce(json_type(?), 'null'))", f.at(p, j))
}

func (mysqlJSON) number(v any) (any, error) { return v, nil }

func (f mysqlJSON) keys(p *printer, j *plan.JSON, op conditions.Op, keys conditions.Slot) {
	if f.spelled {
		f.spelledKeys(p, j, op, keys)
		return
	}
	switch op {
	case conditions.OpHasKey:
		p.test("coalesce(json_contains(json_keys(?), json_quote(?)), FALSE)", f.at(p, j), p.slot(keys, nil))
	case conditions.OpHasKeys:
		p.test("coalesce(json_contains(json_keys(?), ?), FALSE)", f.at(p, j), p.slot(keys, listJSON(nil)))
	default:
		p.test("EXISTS (SELECT 1 FROM JSON_TABLE(?, '$[*]' COLUMNS (v longtext CHARACTER SET utf8mb4 PATH '$')) AS j "+
			"WHERE json_contains(json_keys(?), json_quote(j.v)))", p.slot(keys, listJSON(nil)), f.at(p, j))
	}
}

// spelledKeys compares keys after their escapes have been read.
func (f mysqlJSON) spelledKeys(p *printer, j *plan.JSON, op conditions.Op, keys conditions.Slot) {
	const text = " longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$'))"
	const have = "JSON_TABLE(json_keys(?), '$[*]' COLUMNS (k" + text + " AS h"
	const want = "JSON_TABLE(?, '$[*]' COLUMNS (v" + text + " AS w"
	switch op {
	case conditions.OpHasKey:
		p.test("EXISTS (SELECT 1 FROM "+have+" WHERE h.k = ?)", f.at(p, j), p.slot(keys, nil))
	case conditions.OpHasKeys:
		p.test("json_type(?) = 'OBJECT' AND NOT EXISTS (SELECT 1 FROM "+want+" WHERE w.v NOT IN (SELECT h.k FROM "+have+"))",
			f.at(p, j), p.slot(keys, listJSON(nil)), f.at(p, j))
	default:
		p.test("EXISTS (SELECT 1 FROM "+have+" WHERE h.k IN (SELECT w.v FROM "+want+"))", f.at(p, j), p.slot(keys, listJSON(nil)))
	}
}

// mysqlArrays tests arrays kept as JSON.
func mysqlArrays(p *printer, n *plan.Set) {
	col := p.of(n.Expr)
	list := p.slot(n.Arg.(*plan.Arg).Slot, p.d.encode(n.Type))
	switch n.Op {
	case conditions.OpContains:
		p.test("json_contains(?, ?)", col, list)
	case conditions.OpOverlap:
		p.test("json_overlaps(?, ?)", col, list)
	default:
		p.test("json_contains(?, ?)", list, col)
	}
}
