package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/mapper"
)

// Mappings judges the mapping of the entities that the package declares.
func (c *Checker) Mappings() {
	used := c.used()
	for _, t := range c.Models.Locals() {
		called := used[t] || c.Models.Mapped(t)
		if !called && !marked(t) || c.isBase(t) {
			continue
		}
		m := c.Models.Of(t)
		if called {
			m = c.Models.Registered(t)
		}
		if m == nil {
			continue
		}
		for _, p := range m.Problems {
			c.problem(m, p)
		}
	}
}

// used are the structs that the package registers or maps in code.
func (c *Checker) used() map[*types.Named]bool {
	out := map[*types.Named]bool{}
	info := c.Pass.TypesInfo
	for _, file := range c.Pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			fn := value.Callee(info, call)
			if !value.IsWeft(fn) || fn.Signature().Recv() != nil {
				return true
			}
			switch fn.FullName() {
			case ormPath + ".Open":
				c.opened(call)
			case ormPath + ".Entities", model.Mapper + ".Build":
				for _, arg := range call.Args {
					if t := model.Struct(info.TypeOf(arg)); t != nil && !value.IsWeft(t.Obj()) {
						out[t] = true
					}
				}
			}
			return true
		})
	}
	return out
}

// opened reports entities that orm.Open is not given though others lead to them: where
// all of them are listed in the call.
func (c *Checker) opened(call *ast.CallExpr) {
	info := c.Pass.TypesInfo
	var listed *ast.CallExpr
	for _, arg := range call.Args[min(2, len(call.Args)):] {
		option, ok := ast.Unparen(arg).(*ast.CallExpr)
		if !ok || call.Ellipsis.IsValid() {
			return
		}
		fn := value.Callee(info, option)
		if !value.IsWeft(fn) || fn.Name() == "Registry" || fn.Name() == "CustomType" || fn.Name() == "Entities" && listed != nil {
			return
		}
		if fn.Name() == "Entities" {
			listed = option
		}
	}
	if listed == nil || listed.Ellipsis.IsValid() || len(listed.Args) == 0 {
		return
	}
	var list []*types.Named
	known := map[string]bool{}
	for _, arg := range listed.Args {
		t := model.Struct(info.TypeOf(arg))
		if t == nil || value.IsWeft(t.Obj()) {
			return
		}
		list = append(list, t)
		if m := c.Models.Registered(t); m != nil {
			for _, p := range m.Problems {
				known[p.String()] = true
			}
		}
	}
	for _, p := range c.Models.Listed(list).Problems {
		if !known[p.String()] {
			c.at(listed, "mapper: "+p.String())
		}
	}
}

// marked reports a struct that says itself that it is an entity: it has a relation of
// package rel, or a tag with options.
func marked(t *types.Named) bool {
	s := t.Underlying().(*types.Struct)
	for i := range s.NumFields() {
		if typeName(s.Field(i).Type()) == relPath+".Ref" || typeName(s.Field(i).Type()) == relPath+".Collection" {
			return true
		}
		if tag, ok := reflect.StructTag(s.Tag(i)).Lookup("orm"); ok && (strings.Contains(tag, ",") || s.Field(i).Name() == "_") {
			return true
		}
	}
	return false
}

// isBase reports a struct that others of the package embed and that is no entity by itself.
func (c *Checker) isBase(t *types.Named) bool {
	s := t.Underlying().(*types.Struct)
	for i := range s.NumFields() {
		if s.Field(i).Name() == "_" {
			return false
		}
	}
	for _, other := range c.Models.Locals() {
		o := other.Underlying().(*types.Struct)
		for i := range o.NumFields() {
			if o.Field(i).Embedded() && types.Identical(o.Field(i).Type(), t) {
				return true
			}
		}
	}
	return false
}

// problem reports a mistake in a mapping at the piece of the tag, or the field, it is about.
func (c *Checker) problem(m *model.Model, p mapper.Problem) {
	t := m.Type(p.Position)
	if t == nil || t.Obj().Pkg() != c.Pass.Pkg {
		return
	}
	message := "mapper: " + p.String()
	f := m.Field(p.Position)
	if f == nil || f.Pkg() != c.Pass.Pkg {
		if tag := c.blankTag(t, p.Message); tag != nil {
			c.tag(tag, message, p.Message)
			return
		}
		c.report(finding{start: t.Obj().Pos(), end: t.Obj().Pos() + token.Pos(len(t.Obj().Name())), message: message})
		return
	}
	if field := c.field(f); field != nil && field.Tag != nil {
		c.tag(field.Tag, message, p.Message)
		return
	}
	c.report(finding{start: f.Pos(), end: f.Pos() + token.Pos(len(f.Name())), message: message})
}

var quoted = regexp.MustCompile(`"([^"]*)"`)

// tag places a mistake at the first word of the message that stands in the tag.
func (c *Checker) tag(tag *ast.BasicLit, message, said string) {
	f := finding{start: tag.Pos(), end: tag.End(), message: message}
	before, _, _ := strings.Cut(said, "did you mean")
	for _, word := range wordsOf(before) {
		if i := strings.Index(tag.Value, word); i > 0 && word != "" {
			f.start = tag.Pos() + token.Pos(i)
			f.end = f.start + token.Pos(len(word))
			if near := named(said); near != "" && !strings.ContainsAny(near, "\"`") {
				f.fix = &fix{"Write " + near, f.start, f.end, near}
			}
			break
		}
	}
	c.report(f)
}

// wordsOf are the names in a message: the quoted ones from the last on, then what
// "has no property" is followed by.
func wordsOf(message string) []string {
	var list []string
	for _, m := range quoted.FindAllStringSubmatch(message, -1) {
		list = append(list, m[1])
	}
	slices.Reverse(list)
	if _, rest, ok := strings.Cut(message, " has no property "); ok {
		word, _, _ := strings.Cut(rest, ";")
		list = append([]string{strings.TrimSpace(word)}, list...)
	}
	if kind, _, ok := strings.Cut(message, ":"); ok && !strings.Contains(kind, " ") {
		list = append(list, kind)
	}
	return list
}

// field is the syntax of a field of this package.
func (c *Checker) field(f *types.Var) *ast.Field {
	for _, file := range c.Pass.Files {
		if f.Pos() < file.FileStart || f.Pos() > file.FileEnd {
			continue
		}
		var found *ast.Field
		ast.Inspect(file, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok && field.Pos() <= f.Pos() && f.Pos() < field.End() {
				found = field
			}
			return true
		})
		return found
	}
	return nil
}

// blankTag is the tag of a struct's blank field, where options of the entity stand,
// when the message is about a word in it.
func (c *Checker) blankTag(t *types.Named, message string) *ast.BasicLit {
	s := t.Underlying().(*types.Struct)
	for i := range s.NumFields() {
		if f := s.Field(i); f.Name() == "_" {
			if field := c.field(f); field != nil && field.Tag != nil {
				for _, word := range wordsOf(message) {
					if strings.Contains(field.Tag.Value, word) {
						return field.Tag
					}
				}
			}
		}
	}
	return nil
}
