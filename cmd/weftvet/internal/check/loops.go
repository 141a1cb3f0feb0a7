package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/mapper"
)

// loop is a loop over entities.
type loop struct {
	stmt  *ast.RangeStmt
	model *model.Model
	item  types.Object
	// function is the declaration around it.
	function *ast.FuncDecl
}

// loops finds reads of related rows, one by one, in loops over entities.
func (c *Checker) loops(file *ast.File) {
	for _, decl := range file.Decls {
		d, ok := decl.(*ast.FuncDecl)
		if !ok || d.Body == nil {
			continue
		}
		ast.Inspect(d.Body, func(n ast.Node) bool {
			if r, ok := n.(*ast.RangeStmt); ok {
				if l := c.entityLoop(r, d); l != nil {
					c.inLoop(l)
				}
			}
			return true
		})
	}
}

// entityLoop recognises a loop whose variable is a pointer to an entity.
func (c *Checker) entityLoop(r *ast.RangeStmt, d *ast.FuncDecl) *loop {
	for _, x := range []ast.Expr{r.Value, r.Key} {
		id, ok := x.(*ast.Ident)
		if !ok {
			continue
		}
		obj := c.Pass.TypesInfo.Defs[id]
		if obj == nil {
			continue
		}
		if _, pointer := types.Unalias(obj.Type()).(*types.Pointer); !pointer {
			continue
		}
		if m := c.entityOf(obj.Type()); m != nil {
			return &loop{r, m, obj, d}
		}
	}
	return nil
}

// inLoop looks at the calls in the body that ask the database.
func (c *Checker) inLoop(l *loop) {
	ast.Inspect(l.stmt.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			fn := value.Callee(c.Pass.TypesInfo, n)
			if !value.IsWeft(fn) {
				return true
			}
			switch name := fn.Name(); {
			case name == "Load" && (receiverIs(fn, "Ref") || receiverIs(fn, "Collection")):
				c.lazyLoad(l, n)
			case name == "Load" && fn.Pkg().Path() == ormPath && len(n.Args) > 3:
				if id, ok := ast.Unparen(n.Args[2]).(*ast.Ident); ok && c.Pass.TypesInfo.Uses[id] == l.item {
					c.namedLoad(l, n)
				}
			case slices.Contains([]string{"Find", "FindOne", "FindOneOrFail"}, name) && fn.Pkg().Path() == ormPath:
				c.findInLoop(l, n, fn)
			}
		}
		return true
	})
}

// lazyLoad reports item.Author.Load(ctx).
func (c *Checker) lazyLoad(l *loop, call *ast.CallExpr) {
	sel := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	path := c.pathFrom(l, sel.X)
	if path == "" {
		return
	}
	c.tellLoop(l, call, path, "", true)
}

// namedLoad reports orm.Load(ctx, em, item, "author").
func (c *Checker) namedLoad(l *loop, call *ast.CallExpr) {
	v := c.Pass.TypesInfo.Types[call.Args[3]].Value
	if v == nil || len(call.Args) != 4 {
		return
	}
	path := strings.Trim(v.ExactString(), `"`)
	if exists(l.model.Entity, path) {
		c.tellLoop(l, call, path, "", true)
	}
}

// pathFrom is the path of relations that a selector follows from the loop's variable.
func (c *Checker) pathFrom(l *loop, x ast.Expr) string {
	switch x := ast.Unparen(x).(type) {
	case *ast.SelectorExpr:
		id, ok := ast.Unparen(x.X).(*ast.Ident)
		if !ok || c.Pass.TypesInfo.Uses[id] != l.item {
			return ""
		}
		if p := l.model.Entity.Property(x.Sel.Name); p != nil && p.Relation != nil {
			return p.Name
		}
	}
	return ""
}

// findInLoop reports a find about what a relation of the loop's variable leads to.
func (c *Checker) findInLoop(l *loop, call *ast.CallExpr, fn *types.Func) {
	target, cond := c.foundIn(call, fn)
	if target == nil || cond == nil {
		return
	}
	for _, p := range l.model.Entity.Relations {
		if t := l.model.TypeOf(p.Relation.Target); t == nil || !types.Identical(t, target) {
			continue
		}
		switch {
		case p.Kind.IsToOne() && c.byKey(l, p, cond):
			c.tellLoop(l, call, p.Name, "", fn.Name() != "Find")
			return
		case p.Relation.Inverse != nil && c.byOwner(l, p.Relation.Inverse, cond):
			c.tellLoop(l, call, p.Name, " and read "+l.item.Name()+"."+p.Field, false)
			return
		}
	}
}

// foundIn is the type a find returns and its condition.
func (c *Checker) foundIn(call *ast.CallExpr, fn *types.Func) (*types.Named, ast.Expr) {
	at := 2
	if fn.Signature().Recv() != nil {
		at = 1
	}
	if len(call.Args) <= at {
		return nil, nil
	}
	t := c.Pass.TypesInfo.TypeOf(call)
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() > 0 {
		t = tuple.At(0).Type()
	}
	if s, ok := types.Unalias(t).(*types.Slice); ok {
		t = s.Elem()
	}
	return model.Struct(t), call.Args[at]
}

// byKey reports a condition that is the key the item refers to: item.Author.Key(),
// item.AuthorID, alone or under the name of the target's key.
func (c *Checker) byKey(l *loop, p *mapper.Property, cond ast.Expr) bool {
	if lit, ok := ast.Unparen(cond).(*ast.CompositeLit); ok {
		if len(lit.Elts) != 1 || len(p.Relation.Target.Key) != 1 {
			return false
		}
		kv, ok := lit.Elts[0].(*ast.KeyValueExpr)
		if !ok || c.keyText(kv.Key) != p.Relation.Target.Key[0].Name {
			return false
		}
		cond = kv.Value
	}
	switch x := ast.Unparen(cond).(type) {
	case *ast.CallExpr:
		sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
		return ok && sel.Sel.Name == "Key" && c.pathFrom(l, sel.X) == p.Name
	case *ast.StarExpr:
		return c.sharesColumn(l, p, x.X)
	case *ast.SelectorExpr:
		return c.pathFrom(l, x) == p.Name || c.sharesColumn(l, p, x)
	}
	return false
}

// sharesColumn reports the scalar field beside a relation that holds its key.
func (c *Checker) sharesColumn(l *loop, p *mapper.Property, x ast.Expr) bool {
	sel, ok := ast.Unparen(x).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	if !ok || c.Pass.TypesInfo.Uses[id] != l.item {
		return false
	}
	q := l.model.Entity.Property(sel.Sel.Name)
	return q != nil && q != p && len(q.Columns) == 1 && len(p.Columns) == 1 && q.Columns[0] == p.Columns[0]
}

func (c *Checker) keyText(x ast.Expr) string {
	v := c.Pass.TypesInfo.Types[x].Value
	if v == nil {
		return ""
	}
	return strings.Trim(v.ExactString(), `"`)
}

// byOwner reports a condition that the owner is the item: {"author": item}, {"author": item.ID},
// {"author.id": item.ID}.
func (c *Checker) byOwner(l *loop, inverse *mapper.Property, cond ast.Expr) bool {
	lit, ok := ast.Unparen(cond).(*ast.CompositeLit)
	if !ok || len(lit.Elts) != 1 || len(l.model.Entity.Key) != 1 {
		return false
	}
	kv, ok := lit.Elts[0].(*ast.KeyValueExpr)
	if !ok {
		return false
	}
	key := l.model.Entity.Key[0]
	name := c.keyText(kv.Key)
	if p := l.model.EntityOf(l.model.TypeOf(inverse.Entity)); p == nil || name != inverse.Name && name != inverse.Name+"."+key.Name {
		return false
	}
	switch x := ast.Unparen(kv.Value).(type) {
	case *ast.Ident:
		return c.Pass.TypesInfo.Uses[x] == l.item
	case *ast.SelectorExpr:
		id, ok := ast.Unparen(x.X).(*ast.Ident)
		return ok && c.Pass.TypesInfo.Uses[id] == l.item && l.model.Entity.Property(x.Sel.Name) == key
	}
	return false
}

// tellLoop reports a read in a loop with the populate path to write. Where the list
// was found in the same function the option is added there.
func (c *Checker) tellLoop(l *loop, call *ast.CallExpr, path, then string, fixable bool) {
	option := `orm.Populate("` + path + `")`
	f := finding{start: call.Pos(), end: call.End()}
	find := c.origin(l)
	if find == nil || c.populated(l, path) || once(l.stmt.Body, call) {
		return // where the list comes from, or what is loaded of it, is not known
	}
	if fn := value.Callee(c.Pass.TypesInfo, find); fn.Name() == "All" {
		f.message = "one read for each " + l.model.Entity.Name + `: load all at once before the loop, orm.PopulateAll(ctx, em, ` +
			types.ExprString(l.stmt.X) + `, ` + option + ")" + then
		c.report(f)
		return
	}
	f.message = "one read for each " + l.model.Entity.Name + ": give the find of " + types.ExprString(l.stmt.X) + " the option " + option + then
	if name := c.ormName(call.Pos()); fixable && name != "" {
		option = name + `Populate("` + path + `")`
		at := find.Rparen
		f.fix = &fix{"Add " + option, at, at, ", " + option}
	}
	c.report(f)
}

// populated reports a relation that the function loads along already.
func (c *Checker) populated(l *loop, path string) bool {
	found := false
	ast.Inspect(l.function.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Pos() > l.stmt.Pos() {
			return !found
		}
		if fn := value.Callee(c.Pass.TypesInfo, call); !value.IsWeft(fn) || fn.Name() != "Populate" && fn.Name() != "PopulateHint" {
			return !found
		}
		for _, arg := range call.Args {
			text := c.keyText(arg)
			if text == "" || text == "*" || text == "$infer" || text == path || strings.HasPrefix(text, path+".") {
				found = true
			}
		}
		return !found
	})
	return found
}

// once reports a call in a loop after which the loop is left.
func once(body *ast.BlockStmt, call *ast.CallExpr) bool {
	left := false
	ast.Inspect(body, func(n ast.Node) bool {
		var list []ast.Stmt
		switch n := n.(type) {
		case *ast.BlockStmt:
			list = n.List
		case *ast.CaseClause:
			list = n.Body
		}
		if len(list) == 0 || n.Pos() > call.Pos() || n.End() < call.End() {
			return true
		}
		switch last := list[len(list)-1].(type) {
		case *ast.ReturnStmt:
			left = true
		case *ast.BranchStmt:
			left = left || last.Tok == token.BREAK
		}
		return true
	})
	return left
}

// origin is the find that the list of the loop comes from: the only assignment of its variable.
func (c *Checker) origin(l *loop) *ast.CallExpr {
	id, ok := ast.Unparen(l.stmt.X).(*ast.Ident)
	if !ok {
		return nil
	}
	obj := c.Pass.TypesInfo.Uses[id]
	var found *ast.CallExpr
	assigned := 0
	ast.Inspect(l.function.Body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, x := range a.Lhs {
			lhs, ok := x.(*ast.Ident)
			if !ok || c.Pass.TypesInfo.Defs[lhs] != obj && c.Pass.TypesInfo.Uses[lhs] != obj {
				continue
			}
			assigned++
			if call, ok := ast.Unparen(a.Rhs[0]).(*ast.CallExpr); ok && i == 0 && len(a.Rhs) == 1 {
				fn := value.Callee(c.Pass.TypesInfo, call)
				if value.IsWeft(fn) && slices.Contains([]string{"Find", "FindAndCount", "All"}, fn.Name()) && !call.Ellipsis.IsValid() {
					found = call
				}
			}
		}
		return true
	})
	if assigned != 1 {
		return nil
	}
	return found
}

// ormName is how the file at a position names package orm, with a dot; "" when it does not.
func (c *Checker) ormName(at token.Pos) string {
	for _, file := range c.Pass.Files {
		if at < file.FileStart || at > file.FileEnd {
			continue
		}
		for _, spec := range file.Imports {
			if strings.Trim(spec.Path.Value, `"`) != ormPath {
				continue
			}
			switch {
			case spec.Name == nil:
				return "orm."
			case spec.Name.Name == ".":
				return ""
			}
			return spec.Name.Name + "."
		}
	}
	return ""
}
