package mapper

import (
	"cmp"
	"slices"
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
)

// Policy says which rows of an entity's table the database lets a session see and write
// (row level security). Package schema makes it, on engines that have such policies. A table with a
// policy has row level security enabled and forced: it holds for the owner of the table,
// too, though not for superusers, and what no policy allows is denied.
type Policy struct {
	// Name is that of the policy, unique in its table.
	Name string
	// For is the command it is about, "SELECT", "INSERT", "UPDATE" or "DELETE"; "" is all.
	For string
	// To are the roles it is for; none is everybody.
	To []string
	// Using is the SQL that holds for rows that can be seen, changed or deleted, Check the one
	// that holds for rows that are written; without Check it is Using. One of them is needed.
	Using, Check string
	// Restrictive asks for the policy to hold besides others, one of which must allow a
	// row; without it one policy of several is enough.
	Restrictive bool
}

// String returns "tenant for SELECT using ... check ...".
func (p *Policy) String() string {
	text := p.Name
	if p.Restrictive {
		text += " restrictive"
	}
	if p.For != "" {
		text += " for " + p.For
	}
	if len(p.To) > 0 {
		text += " to " + strings.Join(p.To, ", ")
	}
	if p.Using != "" {
		text += " using " + p.Using
	}
	if p.Check != "" {
		text += " check " + p.Check
	}
	return text
}

var policyCommands = []string{"SELECT", "INSERT", "UPDATE", "DELETE"}

// policies keeps the policies of an entity.
func (b *builder) policies(d *draft) {
	seen := map[string]bool{}
	for _, p := range d.facts.policies {
		fail := func(message string) { b.report(d.info.Type.Text, "policy "+p.Name+": "+message) }
		switch {
		case p.Name == "":
			fail("it has no name")
		case seen[p.Name]:
			fail("it is declared twice")
		case p.Using == "" && p.Check == "":
			fail("it has neither Using nor Check")
		case p.For != "" && !slices.Contains(policyCommands, p.For):
			fail(p.For + " is none of SELECT, INSERT, UPDATE, DELETE" + suggest.Hint(p.For, policyCommands))
		case p.For == "INSERT" && p.Using != "":
			fail("a row that is inserted was not there before; Check is about it")
		case (p.For == "SELECT" || p.For == "DELETE") && p.Check != "":
			fail("nothing is written; Using is about the rows that are there")
		case d.entity.ReadOnly:
			fail("a view or a query has no table that policies could be about")
		case d.base != nil && d.entity.Table == d.base.entity.Table:
			fail("the table is that of " + d.entity.Root().Name + "; declare it there")
		default:
			d.entity.Policies = append(d.entity.Policies, p)
		}
		seen[p.Name] = true
	}
	slices.SortStableFunc(d.entity.Policies, func(a, b *Policy) int { return cmp.Compare(a.Name, b.Name) })
}
