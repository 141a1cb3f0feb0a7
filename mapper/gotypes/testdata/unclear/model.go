// Package unclear holds what only running the program could tell.
package unclear

import (
	"strings"

	"github.com/weft-orm/weft/mapper"
)

type Note struct {
	ID    int64
	Title string
	Text  string
}

var Mapping = mapper.Define[Note](func(e *mapper.Builder[Note]) {
	e.Table(strings.ToLower("NOTES"))
	for _, name := range []string{"Title", "Text"} {
		e.Field(name).Length(10)
	}
	helper(e)
	if len(Mappings) > 0 {
		e.Comment("x")
	}
	mapper.Field(e, func(n *Note) *string {
		if len(Mappings) > 0 {
			return &n.Title
		}
		return &n.Text
	}).Unique()
	mapper.Field(e, func(n *Note) *string { return &n.Title }).Length(len(Mappings)).Unique()
	e.Filter(mapper.Filter{Name: "short", Default: true, Where: func(mapper.Params) any { return map[string]any{"title": len(Mappings)} }})
})

var Mappings []int

func helper(e *mapper.Builder[Note]) { e.Schema("notes") }
