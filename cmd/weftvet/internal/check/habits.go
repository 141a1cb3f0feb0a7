package check

import (
	"go/ast"
	"go/types"
	"reflect"
	"strings"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
)

// Habits looks for what compiles, runs and is wrong all the same.
func (c *Checker) Habits() {
	for _, file := range c.Pass.Files {
		c.dropped(file)
		c.shared(file)
		c.copies(file)
		c.loops(file)
	}
}

// HasTags reports a file with struct tags of weft's.
func HasTags(file *ast.File) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok && f.Tag != nil && !found {
			_, found = reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Lookup("orm")
		}
		return !found
	})
	return found
}

// method returns the name of a method of the entity manager that a call calls, or "".
func (c *Checker) method(call *ast.CallExpr) string {
	fn := value.Callee(c.Pass.TypesInfo, call)
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != ormPath || fn.Signature().Recv() == nil {
		return ""
	}
	if receiverName(fn) != "EntityManager" {
		return ""
	}
	return fn.Name()
}

// dropped finds writes whose error nobody looks at.
func (c *Checker) dropped(file *ast.File) {
	check := func(call *ast.CallExpr, how string) {
		switch name := c.method(call); name {
		case "Flush", "Commit", "Transactional":
			c.at(call, "the error of "+name+how+" is lost: what was not stored goes unnoticed")
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ExprStmt:
			if call, ok := n.X.(*ast.CallExpr); ok {
				check(call, "")
			}
		case *ast.DeferStmt:
			check(n.Call, " in a defer")
		case *ast.GoStmt:
			check(n.Call, " in a goroutine")
		}
		return true
	})
}

// entityOf returns the model of an entity type, nil for other types.
func (c *Checker) entityOf(t types.Type) *model.Model {
	if t == nil {
		return nil
	}
	m := c.Models.Of(t)
	if m == nil || m.Registry == nil {
		return nil
	}
	return m
}
