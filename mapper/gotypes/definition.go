package gotypes

import (
	"go/ast"
	"go/types"

	"github.com/weft-orm/weft/mapper"
)

// definition is a mapping made in code.
type definition struct {
	source *source
	call   *ast.CallExpr
	// bound are the parameters of the function that returns it.
	bound parameters
}

// defined describes the entity of a call of mapper.Define.
func (f *finder) defined(s *source, call *ast.CallExpr) *found {
	e := f.entity(s.typeParameter(call))
	if e != nil {
		e.def = &definition{source: s, call: call}
	}
	return e
}

// definitions returns the entities of all calls of mapper.Define in the package.
func (f *finder) definitions() []*found {
	var list []*found
	for _, file := range f.root.files {
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && f.root.calls(call, mapperPath, "Define") {
				if e := f.defined(f.root, call); e != nil && !isGeneric(e.typ.Obj()) {
					list = add(list, e)
				}
			}
			return true
		})
	}
	return list
}

// attach gives entities found otherwise the mappings made in code.
func attach(list, definitions []*found) {
	for _, e := range list {
		for _, d := range definitions {
			if d.info == e.info {
				e.def = d.def
			}
		}
	}
}

// build hands the entities to the mapper's builder.
func (f *finder) build(opts mapper.Options, list []*found) (*mapper.Registry, error) {
	defs := make([]*mapper.Definition, len(list))
	for i, e := range list {
		defs[i] = mapper.DefineFrom(e.info, func(b *mapper.EntityBuilder) {
			if e.def != nil {
				f.interpret(e.def, b)
			}
		})
	}
	return mapper.BuildDefinitions(opts, defs...)
}

// interpret runs the body of a mapping made in code on a builder, as far as it is
// written plainly.
func (f *finder) interpret(d *definition, b *mapper.EntityBuilder) {
	if len(d.call.Args) != 1 {
		return
	}
	params, body := d.source.function(d.call.Args[0])
	if body == nil || params.NumFields() != 1 || len(params.List[0].Names) != 1 {
		f.unknown(d.source, d.call.Args[0], "this function is known only at run time; the mapping was taken from tags alone")
		return
	}
	in := &interpreter{finder: f, source: d.source, bound: d.bound, builder: b, param: d.source.info.Defs[params.List[0].Names[0]]}
	for _, stmt := range body.List {
		in.statement(stmt)
	}
}

// function returns parameters and body of a function literal, or of a function of
// the package given by name.
func (s *source) function(x ast.Expr) (*ast.FieldList, *ast.BlockStmt) {
	switch x := ast.Unparen(x).(type) {
	case *ast.FuncLit:
		return x.Type.Params, x.Body
	case *ast.Ident:
		if fn, ok := s.info.Uses[x].(*types.Func); ok && s.funcs[fn] != nil {
			return s.funcs[fn].Type.Params, s.funcs[fn].Body
		}
	}
	return nil, nil
}
