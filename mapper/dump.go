package mapper

import (
	"fmt"
	"strings"
)

// Dump writes the whole registry as text, the same for the same mapping: for
// golden tests, and to compare what different type sources build.
func (r *Registry) Dump() string {
	var b strings.Builder
	for i, e := range r.entities {
		if i > 0 {
			b.WriteByte('\n')
		}
		e.dump(&b)
	}
	return b.String()
}

func (e *Entity) dump(b *strings.Builder) {
	fmt.Fprintf(b, "entity %s (%s)", e.Name, e.GoName)
	words(b, " table "+e.Table.String(), cond(e.Base != nil, " extends "+baseName(e)), cond(e.Abstract, " abstract"), cond(e.ReadOnly, " read-only"))
	b.WriteByte('\n')
	if e.Inheritance != NoInheritance {
		fmt.Fprintf(b, "  %s discriminator %s = %v\n", e.Inheritance, e.Discriminator, e.DiscriminatorValue)
	}
	line(b, "query", e.Query)
	line(b, "comment", e.Comment)
	line(b, "was", e.Was)
	line(b, "view", e.ViewSQL)
	line(b, "order", strings.Join(e.OrderBy, ", "))
	fmt.Fprintf(b, "  key %s", strings.Join(propertyNames(e.Key), ", "))
	b.WriteString(" (" + strings.Join(columnNames(e.KeyColumns), ", ") + ")\n")
	if len(e.TableKey) > 0 && e.TableKey[0] != e.KeyColumns[0] {
		fmt.Fprintf(b, "  table key (%s)\n", strings.Join(columnNames(e.TableKey), ", "))
	}
	if e.Version != nil {
		line(b, "version", e.Version.Path)
	}
	for _, p := range e.Properties {
		p.dump(b, e, "  ")
	}
	for _, c := range e.Columns {
		c.dump(b)
	}
	for _, x := range e.Indexes {
		x.dump(b)
	}
	for _, c := range e.Checks {
		fmt.Fprintf(b, "  check %s: %s\n", c.Name, c.Expression)
	}
	for _, p := range e.Policies {
		fmt.Fprintf(b, "  policy %s\n", p)
	}
	for _, f := range e.Filters {
		fmt.Fprintf(b, "  filter %s%s\n", f.Name, cond(f.Default, " default")+cond(f.Guard, " guard"))
	}
}

func (p *Property) dump(b *strings.Builder, e *Entity, indent string) {
	fmt.Fprintf(b, "%s%s %s (%s)", indent, p.Kind, p.Name, p.Field)
	words(b, cond(p.Index >= 0, fmt.Sprintf(" leaf %d", p.Index)), cond(p.Entity != e, " of "+p.Entity.Name))
	if p.Type != nil {
		b.WriteString(" " + p.Type.String())
	}
	words(b, cond(p.Nullable, " nullable"), cond(p.Primary, " primary"), cond(p.Unique, " unique"), cond(p.Deferrable, " deferrable"), cond(p.Version, " version"), cond(p.ConcurrencyCheck, " concurrency-check"),
		cond(p.Hidden, " hidden"), cond(p.Lazy, " lazy"), cond(p.Virtual, " virtual"), cond(p.Shadow, " shadow"), cond(p.Redacted, " redacted"), cond(p.Optional, " optional"),
		cond(p.Generated != Assigned, " generated "+p.Generated.String()), cond(p.OnCreate != nil, " on-create"), cond(p.OnUpdate != nil, " on-update"),
		cond(p.Formula != "", " formula "+p.Formula))
	if len(p.Columns) > 0 {
		b.WriteString(" columns " + strings.Join(columnNames(p.Columns), ", "))
	}
	for _, v := range p.Variants {
		fmt.Fprintf(b, " %s=%s", v.Name, v.Value)
	}
	b.WriteByte('\n')
	if p.Relation != nil {
		p.Relation.dump(b, indent+"  ")
	}
	for _, sub := range p.Embedded {
		sub.dump(b, e, indent+"  ")
	}
}

func (r *Relation) dump(b *strings.Builder, indent string) {
	fmt.Fprintf(b, "%s-> %s as %s", indent, r.Target.Name, r.Style)
	words(b, cond(r.Owning, " owning"), cond(r.OrphanRemoval, " orphan-removal"), cond(r.NoConstraint, " no-constraint"), cond(r.Eager, " eager"), cond(r.Ordered, " ordered"),
		cond(r.Cascade.Has(CascadePersist), " persist"), cond(r.Cascade.Has(CascadeRemove), " remove"), cond(r.Cascade.Has(CascadeMerge), " merge"),
		cond(r.OnDelete != "", " on-delete "+string(r.OnDelete)), cond(r.OnUpdate != "", " on-update "+string(r.OnUpdate)),
		cond(r.Strategy != "", " strategy "+r.Strategy), cond(len(r.OrderBy) > 0, " order "+strings.Join(r.OrderBy, ", ")))
	for _, t := range r.Target.Targets {
		fmt.Fprintf(b, " %s=%s", t.Entity.Name, t.Value)
	}
	if r.Inverse != nil {
		b.WriteString(" inverse " + r.Inverse.String())
	}
	for _, p := range r.Further {
		b.WriteString(" and " + p.String())
	}
	if r.By != nil {
		b.WriteString(" by " + r.By.String())
	}
	if r.Through != nil {
		b.WriteString(" first of " + r.Through.String())
	}
	if r.Where != nil {
		fmt.Fprintf(b, " where %v", r.Where)
	}
	words(b, cond(r.ReadOnly, " read-only"))
	if p := r.Pivot; p != nil {
		fmt.Fprintf(b, " pivot %s(%s -> %s", p.Table, strings.Join(columnNames(p.Owner), ", "), strings.Join(columnNames(p.Target), ", "))
		if p.Order != nil {
			b.WriteString("; " + p.Order.Name)
		}
		b.WriteString(")")
		if p.Entity != nil {
			b.WriteString(" entity " + p.Entity.Name)
		}
	}
	b.WriteByte('\n')
}

func (c *Column) dump(b *strings.Builder) {
	fmt.Fprintf(b, "  column %d %s.%s %s", c.Index, c.Table, c.Name, c.Type)
	words(b, cond(c.Nullable, " null"), cond(c.AutoIncrement, " auto-increment"), cond(c.Unsigned, " unsigned"),
		cond(c.Default != "", " default "+c.Default), cond(c.Generated != "", " generated "+c.Generated),
		cond(c.Collation != "", " collation "+c.Collation), cond(c.Comment != "", fmt.Sprintf(" comment %q", c.Comment)), cond(c.Was != "", " was "+c.Was))
	if c.References != nil {
		b.WriteString(" references " + c.References.Table.String() + "." + c.References.Name)
	}
	for _, dialect := range sortedKeys(c.SQLType) {
		fmt.Fprintf(b, " type %s:%s", dialect, c.SQLType[dialect])
	}
	b.WriteByte('\n')
}

func (x *Index) dump(b *strings.Builder) {
	fmt.Fprintf(b, "  index %s (%s)", x.Name, strings.Join(columnNames(x.Columns), ", "))
	words(b, cond(x.Unique, " unique"), cond(x.Deferrable, " deferrable"), cond(x.Fulltext, " fulltext"), cond(x.Where != "", " where "+x.Where), cond(x.Expression != "", " on "+x.Expression),
		cond(len(x.Include) > 0, " include "+strings.Join(columnNames(x.Include), ", ")))
	if x.Document != nil {
		b.WriteString(x.Document.dump())
	}
	b.WriteByte('\n')
}

func words(b *strings.Builder, list ...string) {
	for _, w := range list {
		b.WriteString(w)
	}
}

func cond(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}

func line(b *strings.Builder, name, value string) {
	if value != "" {
		fmt.Fprintf(b, "  %s %s\n", name, value)
	}
}

func baseName(e *Entity) string {
	if e.Base == nil {
		return ""
	}
	return e.Base.Name
}

func columnNames(columns []*Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}
