package check

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"strings"

	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/internal/rowfield"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
)

// result judges Result: which columns go to which fields.
func (c *Checker) result(call *value.Call, t types.Type) {
	at := len(call.Args) - 1
	if at < 0 {
		return
	}
	c.builder(call.Args[at], func(q qb.Query, node ast.Node) {
		sel, ok := q.(*qb.Select)
		if !ok {
			c.at(node, (&orm.Error{Class: orm.ErrInvalidOption, Op: "result", Detail: "the query writes; use Exec"}).Error())
			return
		}
		c.columns(call, t, sel)
	})
}

func (c *Checker) columns(call *value.Call, t types.Type, sel *qb.Select) {
	columns := sel.Columns()
	s, isStruct := t.Underlying().(*types.Struct)
	switch {
	case isMap(t), isInterface(t):
		return
	case !isStruct || isOneValue(t):
		if len(columns) != 1 {
			err := &orm.Error{Class: orm.ErrInvalidOption, Op: "result", Entity: sel.Entity.Name,
				Detail: fmt.Sprintf("the query has %d columns: %s takes one, a struct takes them all", len(columns), types.TypeString(t, (*types.Package).Name))}
			c.at(call.Expr.Fun, err.Error())
		}
		return
	}
	fields := fieldsOf(s)
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.Name
	}
	places := rowfield.Match(fields, names)
	taken := map[int]bool{}
	for _, at := range places {
		taken[at] = true
	}
	if len(sel.Exprs) == 0 && !selects(call.Args[len(call.Args)-1]) {
		return // all that the entity has; a struct may take what it likes
	}
	for i, at := range places {
		if at < 0 {
			c.droppedColumn(call, t, names[i], emptyFields(fields, taken))
		}
	}
}

// selects reports a builder that says what it reads.
func selects(v value.Value) bool {
	for _, form := range forms(v) {
		for _, s := range chain(form) {
			if s.Fn.Name() == "Select" || s.Fn.Name() == "AddSelect" {
				return true
			}
		}
	}
	return false
}

// emptyFields are the fields that no column goes to.
func emptyFields(fields []rowfield.Field, taken map[int]bool) []rowfield.Field {
	var list []rowfield.Field
	for i, f := range fields {
		if !taken[i] {
			list = append(list, f)
		}
	}
	return list
}

// droppedColumn reports a column that was asked for and goes nowhere.
func (c *Checker) droppedColumn(call *value.Call, t types.Type, column string, fields []rowfield.Field) {
	at, _ := pathInChain(call.Args[len(call.Args)-1], column)
	message := fmt.Sprintf("result: %s has no field for the column %q", typeText(t), column)
	near := suggest.Nearest(column[strings.LastIndexByte(column, '.')+1:], fieldNames(fields))
	if near == "" && len(fields) == 1 {
		near = fields[0].Name
	}
	if near != "" {
		message += fmt.Sprintf("; is it %s? then tag that `orm:%q`", near, column)
	}
	if at != nil { // else it comes with a relation or an entity as a whole
		c.at(at, message)
	}
}

func typeText(t types.Type) string { return types.TypeString(t, (*types.Package).Name) }

func fieldNames(fields []rowfield.Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

// pathInChain finds where a builder writes a column.
func pathInChain(v value.Value, column string) (ast.Node, bool) {
	for _, form := range forms(v) {
		for _, s := range chain(form) {
			for _, arg := range s.Args {
				if text, ok := value.Text(arg); ok && text == column {
					return arg.Node(), true
				}
				if term, ok := arg.(*value.Call); ok && term.Fn.Name() == "As" && len(term.Args) == 1 {
					if text, _ := value.Text(term.Args[0]); text == column {
						return term.Args[0].Node(), true
					}
				}
			}
		}
	}
	return nil, false
}

// fieldsOf are the exported fields of a struct, promoted ones included.
func fieldsOf(s *types.Struct) []rowfield.Field {
	var out []rowfield.Field
	for i := range s.NumFields() {
		f := s.Field(i)
		if f.Embedded() {
			t := f.Type()
			if p, ok := t.Underlying().(*types.Pointer); ok {
				t = p.Elem()
			}
			if inner, ok := t.Underlying().(*types.Struct); ok {
				out = append(out, fieldsOf(inner)...)
			}
			continue
		}
		if f.Exported() {
			out = append(out, rowfield.Field{Name: f.Name(), Tag: reflect.StructTag(s.Tag(i)).Get("orm")})
		}
	}
	return out
}

func isMap(t types.Type) bool { _, ok := t.Underlying().(*types.Map); return ok }

func isInterface(t types.Type) bool {
	_, param := types.Unalias(t).(*types.TypeParam)
	return param || types.IsInterface(t)
}

// isOneValue reports a struct that one column fills: a time, or one that scans itself.
func isOneValue(t types.Type) bool {
	if typeName(t) == "time.Time" || strings.HasPrefix(typeName(t), "database/sql.Null") {
		return true
	}
	return types.NewMethodSet(types.NewPointer(t)).Lookup(nil, "Scan") != nil
}
