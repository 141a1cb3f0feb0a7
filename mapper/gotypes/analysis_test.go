package gotypes_test

import (
	"bytes"
	"encoding/gob"
	"go/types"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/mapper/gotypes"
)

// TestMappings builds the registry of a package from types that were checked elsewhere,
// with the mappings made in code written down and read again. It is that of Load.
func TestMappings(t *testing.T) {
	want, _, err := gotypes.Load(t.Context(), "testdata/defined", gotypes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mode := packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedDeps |
		packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedTypesInfo
	found, err := packages.Load(&packages.Config{Mode: mode}, "./testdata/defined")
	if err != nil || len(found) != 1 || len(found[0].Errors) > 0 {
		t.Fatal(found, err)
	}
	p := found[0]
	checked := gotypes.Checked{Fset: p.Fset, Types: p.Types, Info: p.TypesInfo, Files: p.Syntax}
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(gotypes.Mappings(checked)); err != nil {
		t.Fatal(err)
	}
	var mappings []gotypes.Mapping
	if err := gob.NewDecoder(&buf).Decode(&mappings); err != nil {
		t.Fatal(err)
	}
	d := gotypes.NewDescriptors(checked)
	var defs []*mapper.Definition
	for _, m := range mappings {
		if m.Unclear {
			t.Errorf("%s is unclear", m.Type)
		}
		for _, name := range []string{"Desk", "Drawer"} {
			named := p.Types.Scope().Lookup(name).Type().(*types.Named)
			if named.String() == m.Type {
				defs = append(defs, mapper.DefineFrom(d.Struct(named), func(b *mapper.EntityBuilder) { m.Apply(b, nil) }))
			}
		}
	}
	got, err := mapper.BuildDefinitions(mapper.Options{}, defs...)
	if err != nil {
		t.Fatal(err)
	}
	if got.Dump() != want.Dump() {
		t.Errorf("got\n%s\nwant\n%s", got.Dump(), want.Dump())
	}
}
