package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// edge is a relation between two entities, seen from the side that owns it.
type edge struct {
	from, to *mapper.Entity
	label    string
	// many says which ends hold any number, optional that the target may be absent.
	fromMany, toMany, optional bool
	inherits                   bool
}

// edges lists the relations of a registry, each once, in order of declaration.
func edges(reg *mapper.Registry) []edge {
	var list []edge
	for _, e := range reg.Entities() {
		if e.Base != nil {
			list = append(list, edge{from: e, to: e.Base, label: "extends", inherits: true})
		}
		for _, p := range e.Leaves {
			r := p.Relation
			if r == nil || p.Entity != e || !r.Owning && r.Inverse != nil {
				continue
			}
			label := p.Path
			if r.Inverse != nil {
				label += " / " + r.Inverse.Path
			}
			for _, to := range targetsOf(r) {
				list = append(list, edge{
					from: e, to: to, label: label,
					fromMany: p.Kind == mapper.ManyToOne || p.Kind == mapper.ManyToMany, toMany: p.Kind.IsToMany(), optional: p.Nullable,
				})
			}
		}
	}
	return list
}

// targetsOf are the entities that a relation leads to.
func targetsOf(r *mapper.Relation) []*mapper.Entity {
	if !r.IsAny() {
		return []*mapper.Entity{r.Target}
	}
	list := make([]*mapper.Entity, len(r.Target.Targets))
	for i, t := range r.Target.Targets {
		list[i] = t.Entity
	}
	return list
}

// attribute is a property that holds a value.
type attribute struct{ typ, name, key string }

// attributes are the values an entity declares itself.
func attributes(e *mapper.Entity) []attribute {
	var list []attribute
	for _, p := range e.Leaves {
		if p.Entity != e || p.Kind.IsRelation() || p.Type == nil {
			continue
		}
		a := attribute{typ: p.Type.String(), name: p.Path}
		if i := strings.IndexAny(a.typ, " ("); i > 0 {
			a.typ = a.typ[:i]
		}
		switch {
		case p.Primary:
			a.key = "PK"
		case p.Unique:
			a.key = "UK"
		}
		list = append(list, a)
	}
	return list
}

// Mermaid writes the entities of a registry as a Mermaid entity-relationship diagram.
func Mermaid(w io.Writer, reg *mapper.Registry) error {
	var b strings.Builder
	b.WriteString("erDiagram\n")
	for _, e := range reg.Entities() {
		b.WriteString("  " + e.Name + " {\n")
		for _, a := range attributes(e) {
			fmt.Fprintf(&b, "    %s %s", a.typ, strings.ReplaceAll(a.name, ".", "_"))
			if a.key != "" {
				b.WriteString(" " + a.key)
			}
			b.WriteByte('\n')
		}
		b.WriteString("  }\n")
	}
	for _, x := range edges(reg) {
		fmt.Fprintf(&b, "  %s %s %s : %q\n", x.from.Name, x.mermaid(), x.to.Name, x.label)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// mermaid is the line between two entities.
func (x edge) mermaid() string {
	if x.inherits {
		return "|o..||"
	}
	left, right := "|o", "||"
	if x.fromMany {
		left = "}o"
	}
	switch {
	case x.toMany:
		right = "o{"
	case x.optional:
		right = "o|"
	}
	return left + "--" + right
}

// DOT writes the entities of a registry as a graph for Graphviz.
func DOT(w io.Writer, reg *mapper.Registry) error {
	var b strings.Builder
	b.WriteString("digraph entities {\n  rankdir=LR;\n  node [shape=record];\n")
	for _, e := range reg.Entities() {
		label := "{" + e.Name + "|"
		for _, a := range attributes(e) {
			label += strings.TrimSpace(a.name+": "+a.typ+" "+a.key) + `\l`
		}
		b.WriteString("  " + strconv.Quote(e.Name) + ` [label="` + label + `}"];` + "\n")
	}
	for _, x := range edges(reg) {
		fmt.Fprintf(&b, "  %q -> %q [label=%q, dir=both, %s];\n", x.from.Name, x.to.Name, x.label, x.arrows())
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// arrows are the ends of a line.
func (x edge) arrows() string {
	if x.inherits {
		return "arrowtail=none, arrowhead=empty"
	}
	tail, head := "none", "tee"
	if x.fromMany {
		tail = "crow"
	}
	switch {
	case x.toMany:
		head = "crow"
	case x.optional:
		head = "teeodot"
	}
	return "arrowtail=" + tail + ", arrowhead=" + head
}
