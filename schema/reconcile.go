package schema

import (
	"context"
	"slices"
	"strings"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
)

// pairs calls fn for every desired table that exists.
func pairs(current, desired *schema.Realm, fn func(have, want *schema.Table)) {
	for _, s := range desired.Schemas {
		cs, ok := current.Schema(s.Name)
		if !ok {
			continue
		}
		for _, want := range s.Tables {
			if have, ok := cs.Table(want.Name); ok {
				fn(have, want)
			}
		}
	}
}

// reconcile gives the desired tables the database's notation of expressions that
// mean the same, so that only real differences remain.
func reconcile(current, desired *schema.Realm) {
	pairs(current, desired, func(have, want *schema.Table) {
		reconcileChecks(have, want)
		if p, ok := attribute[*postgres.Partition](have.Attrs); ok {
			want.AddAttrs(p) // how a table is cut into partitions is not the mapping's to say
		}
		for _, c := range want.Columns {
			if old, ok := have.Column(c.Name); ok {
				reconcileColumn(old, c)
			}
		}
		for _, ix := range want.Indexes {
			if old, ok := have.Index(ix.Name); ok {
				reconcileIndex(old, ix)
			}
		}
	})
}

// reconcileChecks takes over the text of a check that means the same, and the name of
// one that was made under another name where weft's own only repeats what it says.
func reconcileChecks(have, want *schema.Table) {
	for _, check := range want.Checks() {
		old := checkOf(have, check.Name)
		if _, made := attribute[*madeName](check.Attrs); old == nil && made {
			old = sameCheck(have, want, check)
		}
		if old != nil && equivalent(old.Expr, check.Expr) {
			check.Name, check.Expr = old.Name, old.Expr
		}
	}
}

// madeName marks a check whose name the mapping does not give.
type madeName struct{ schema.Attr }

// sameCheck finds a check of the same meaning that no check of the mapping is named as.
func sameCheck(have, want *schema.Table, check *schema.Check) *schema.Check {
	for _, old := range have.Checks() {
		if checkOf(want, old.Name) == nil && equivalent(old.Expr, check.Expr) {
			return old
		}
	}
	return nil
}

// ofConstraint begins the names of the indexes that SQLite makes for unique constraints of
// a table: they have no other names, and cannot be dropped.
const ofConstraint = "sqlite_autoindex_"

// adoptUniques takes the index of a unique constraint for the one that the mapping has
// over the same columns, whatever that is called.
func adoptUniques(current, desired *schema.Realm) {
	pairs(current, desired, func(have, want *schema.Table) {
		for _, old := range have.Indexes {
			i := slices.IndexFunc(want.Indexes, func(ix *schema.Index) bool { return sameIndex(old, ix) })
			if i >= 0 && strings.HasPrefix(old.Name, ofConstraint) {
				old.Name = want.Indexes[i].Name
			}
		}
	})
}

// adoptChecks asks the server about checks that [reconcileChecks] found no partner for.
func (l *live) adoptChecks(ctx context.Context, current, desired *schema.Realm) {
	if l.trial == nil {
		return
	}
	pairs(current, desired, func(have, want *schema.Table) {
		for _, check := range want.Checks() {
			if _, made := attribute[*madeName](check.Attrs); !made || checkOf(have, check.Name) != nil {
				continue
			}
			for _, old := range have.Checks() {
				again := schema.NewCheck().SetName(old.Name).SetExpr(check.Expr)
				group := []schema.Change{&schema.DropCheck{C: old}, &schema.AddCheck{C: again}}
				if checkOf(want, old.Name) == nil && !l.alters(ctx, want, group) {
					check.Name, check.Expr = old.Name, old.Expr
					break
				}
			}
		}
	})
}

// otherwiseNamedChecks adds checks that differ by their name alone, which Atlas takes for the same.
func otherwiseNamedChecks(have, want *schema.Schema, changes []schema.Change) []schema.Change {
	for _, to := range want.Tables {
		from, ok := have.Table(to.Name)
		if !ok {
			continue
		}
		dropped, added := map[string]bool{}, map[string]bool{}
		for _, c := range changes {
			m, ok := c.(*schema.ModifyTable)
			if !ok || m.T.Name != to.Name {
				continue
			}
			for _, c := range m.Changes {
				switch c := c.(type) {
				case *schema.DropCheck:
					dropped[c.C.Name] = true
				case *schema.AddCheck:
					added[c.C.Name] = true
				}
			}
		}
		var more []schema.Change
		for _, check := range from.Checks() {
			if checkOf(to, check.Name) == nil && !dropped[check.Name] {
				more = append(more, &schema.DropCheck{C: check})
			}
		}
		for _, check := range to.Checks() {
			if checkOf(from, check.Name) == nil && !added[check.Name] {
				more = append(more, &schema.AddCheck{C: check})
			}
		}
		if len(more) > 0 {
			changes = modify(changes, to, more)
		}
	}
	return changes
}

func reconcileColumn(have, want *schema.Column) {
	reconcileSerial(have, want)
	reconcileIdentity(have, want)
	old, ok := attribute[*schema.GeneratedExpr](have.Attrs)
	if x, wanted := attribute[*schema.GeneratedExpr](want.Attrs); ok && wanted && equivalent(old.Expr, x.Expr) {
		x.Expr, x.Type = old.Expr, old.Type
	}
	if have.Default == nil || want.Default == nil {
		return
	}
	if equivalent(exprText(have.Default), exprText(want.Default)) {
		want.Default = have.Default
	}
}

// reconcileSerial leaves a key that PostgreSQL numbers by a sequence of its own as it
// is, and widens it where the mapping asks for more.
func reconcileSerial(have, want *schema.Column) {
	old, serial := have.Type.Type.(*postgres.SerialType)
	identity, auto := attribute[*postgres.Identity](want.Attrs)
	typ, integer := want.Type.Type.(*schema.IntegerType)
	if !serial || !auto || !integer {
		return
	}
	kept := &postgres.SerialType{SequenceName: old.SequenceName, Precision: old.Precision}
	kept.SetType(typ)
	if integerSize(old.IntegerType().T) >= integerSize(typ.T) {
		kept.T = old.T
	}
	want.Type.Type = kept
	want.Attrs = slices.DeleteFunc(want.Attrs, func(a schema.Attr) bool { return a == schema.Attr(identity) })
}

func reconcileIndex(have, want *schema.Index) {
	if old, ok := attribute[*sqlite.IndexPredicate](have.Attrs); ok {
		if p, ok := attribute[*sqlite.IndexPredicate](want.Attrs); ok && equivalent(old.P, p.P) {
			p.P = old.P
		}
	}
	if old, ok := attribute[*postgres.IndexPredicate](have.Attrs); ok {
		if p, ok := attribute[*postgres.IndexPredicate](want.Attrs); ok && equivalent(old.P, p.P) {
			p.P = old.P
		}
	}
	if len(have.Parts) != len(want.Parts) {
		return
	}
	for i, part := range want.Parts {
		if old := have.Parts[i].X; old != nil && part.X != nil && equivalent(exprText(old), exprText(part.X)) {
			part.X = old
		}
	}
}

// attribute returns the attribute of type T.
func attribute[T schema.Attr](attrs []schema.Attr) (T, bool) {
	for _, a := range attrs {
		if t, ok := a.(T); ok {
			return t, true
		}
	}
	var none T
	return none, false
}
