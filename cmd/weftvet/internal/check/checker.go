package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
)

// Checker judges the calls of one package.
type Checker struct {
	Pass   *analysis.Pass
	Models *model.Models
	Interp *value.Interp

	seen map[string]bool
	// silent are the lines that a comment silences, by file.
	silent map[string]map[int]bool
	// steps remembers what was said about the steps of builders, which are looked at
	// once for each way that leads to them.
	steps map[ast.Node]*verdict
}

// New returns the checker of a package.
func New(pass *analysis.Pass, models *model.Models, in *value.Interp) *Checker {
	c := &Checker{Pass: pass, Models: models, Interp: in, seen: map[string]bool{}, steps: map[ast.Node]*verdict{}}
	in.OnCall = c.call
	return c
}

// finding is a mistake at a place.
type finding struct {
	start, end token.Pos
	message    string
	fix        *fix
}

// fix replaces a piece of the source.
type fix struct {
	message    string
	start, end token.Pos
	text       string
}

// report tells a mistake once, if it stands in this package.
func (c *Checker) report(f finding) {
	if !f.start.IsValid() || !c.own(f.start) || c.ignored(f.start) {
		return
	}
	key := c.Pass.Fset.Position(f.start).String() + f.message
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	d := analysis.Diagnostic{Pos: f.start, End: f.end, Message: f.message}
	if f.fix != nil {
		d.SuggestedFixes = []analysis.SuggestedFix{{
			Message:   f.fix.message,
			TextEdits: []analysis.TextEdit{{Pos: f.fix.start, End: f.fix.end, NewText: []byte(f.fix.text)}},
		}}
	}
	c.Pass.Report(d)
}

// own reports a place in a file of this package that a person wrote.
func (c *Checker) own(at token.Pos) bool {
	for _, file := range c.Pass.Files {
		if file.FileStart <= at && at <= file.FileEnd {
			return !ast.IsGenerated(file)
		}
	}
	return false
}

// ignore is the comment that silences its line and the next one.
const ignore = "//weftvet:ignore"

// ignored reports a place that a comment silences.
func (c *Checker) ignored(at token.Pos) bool {
	if c.silent == nil {
		c.silent = map[string]map[int]bool{}
		for _, file := range c.Pass.Files {
			for _, group := range file.Comments {
				for _, comment := range group.List {
					if strings.HasPrefix(comment.Text, ignore) {
						p := c.Pass.Fset.Position(comment.Pos())
						if c.silent[p.Filename] == nil {
							c.silent[p.Filename] = map[int]bool{}
						}
						c.silent[p.Filename][p.Line], c.silent[p.Filename][p.Line+1] = true, true
					}
				}
			}
		}
	}
	p := c.Pass.Fset.Position(at)
	return c.silent[p.Filename][p.Line]
}

func (c *Checker) at(n ast.Node, message string) {
	if n != nil {
		c.report(finding{start: n.Pos(), end: n.End(), message: message})
	}
}

// named is the name in a hint such as `did you mean "title"?`, or "".
func named(hint string) string {
	_, rest, ok := strings.Cut(hint, `did you mean "`)
	if !ok {
		return ""
	}
	name, _, ok := strings.Cut(rest, `"?`)
	if !ok {
		return ""
	}
	return name
}

// replace is the fix that writes name in place of a piece of a text.
func replace(text *value.Const, from, to int, name string) *fix {
	start, end, exact := text.Span(from, to)
	if name == "" || !exact || strings.ContainsAny(name, "\"\\`\n") {
		return nil
	}
	return &fix{"Write " + name, start, end, name}
}

// place is where a piece of a text is written.
func place(text *value.Const, from, to int) (start, end token.Pos) {
	start, end, _ = text.Span(from, to)
	return start, end
}

// call judges one call of weft.
func (c *Checker) call(call *value.Call, env *value.Env) {
	params := call.Fn.Signature().Params().Len()
	if call.Fn.Signature().Variadic() {
		params--
	}
	if len(call.Args) < params {
		return // f(g()), where g returns them all
	}
	pkg := strings.TrimPrefix(call.Fn.Pkg().Path(), value.Module+"/")
	recv := ""
	if call.Recv != nil {
		recv = receiverName(call.Fn)
	}
	c.outside(call, pkg, recv)
	switch {
	case pkg == "orm" && (recv == "" || recv == "Repository"):
		c.ormCall(call, recv != "")
	case pkg == "orm" && recv == "Query":
		c.ended(call)
	case pkg == "qb" && recv == "Builder" && (call.Fn.Name() == "Query" || call.Fn.Name() == "ToSQL"):
		c.builder(call.Recv, nil)
	}
}

func receiverName(fn *types.Func) string {
	name, _, _ := strings.Cut(value.FuncName(fn), ".")
	return name
}

// arguments are the arguments of a call from the i-th on, one value for each; open
// says that there may be more.
func arguments(call *value.Call, i int) (list []value.Value, open bool) {
	if i >= len(call.Args) {
		return nil, false
	}
	list = append(list, call.Args[i:]...)
	if !call.Spread {
		return list, false
	}
	last := list[len(list)-1]
	list = list[:len(list)-1]
	switch l := last.(type) {
	case *value.List:
		return append(list, l.Items...), l.Open
	case *value.Nil:
		return list, false
	case *value.Alt:
		for _, v := range l.Values {
			if items, ok := v.(*value.List); ok {
				list = append(list, items.Items...)
				open = open || items.Open
			} else {
				open = true
			}
		}
		return list, open
	}
	return list, true
}

// ormCall judges a function of package orm, or a method of a repository, which has
// no manager among its arguments.
func (c *Checker) ormCall(call *value.Call, method bool) {
	after := 2 // ctx, em
	if method {
		after = 1
	}
	if len(call.TypeArgs) == 1 && call.Fn.Name() != "Shadow" {
		c.typed(call, after)
		return
	}
	c.untyped(call)
}

// typed judges the functions with an entity as type argument.
func (c *Checker) typed(call *value.Call, after int) {
	name, t := call.Fn.Name(), call.TypeArgs[0]
	if name == "Result" {
		c.result(call, t)
		return
	}
	m := c.Models.Of(t)
	if m == nil || m.Registry == nil {
		return
	}
	switch name {
	case "Find", "FindOne", "FindOneOrFail", "Count", "FindAndCount", "Stream":
		c.find(call, m, after, after+1, name)
	case "FindByCursor":
		c.find(call, m, after, after+2, name)
	case "PopulateAll":
		c.find(call, m, -1, after+1, name)
	case "All", "One":
		c.roots(call, m, after)
	case "NativeUpdate", "NativeDelete", "NativeInsert", "NativeUpsert":
		c.native(call, m, after)
	case "BulkInsert", "BulkUpsert":
		c.bulkOptions(call, m, after+1)
	case "FromJSON":
		c.policy(call, m)
	}
}

// untyped judges the functions that take an entity as an argument.
func (c *Checker) untyped(call *value.Call) {
	entity := func(i int) *model.Model {
		if i >= len(call.Expr.Args) {
			return nil
		}
		m := c.Models.Of(c.Pass.TypesInfo.TypeOf(call.Expr.Args[i]))
		if m == nil || m.Registry == nil {
			return nil
		}
		return m
	}
	switch call.Fn.Name() {
	case "Assign":
		if m := entity(2); m != nil {
			c.assign(call, m)
		}
	case "Load":
		if m := entity(2); m != nil {
			paths, _ := arguments(call, 3)
			c.populatePaths(m, m.Entity, paths)
		}
	case "Key", "IsLoaded", "Shadow":
		if m := entity(1); m != nil {
			c.property(call, m, 2)
		}
	case "SetShadow":
		if m := entity(1); m != nil {
			c.property(call, m, 2)
		}
	case "Exec":
		if len(call.Args) > 2 {
			c.exec(call.Args[2])
		}
	}
}
