package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// The kinds of objects that the policies of a mapping are made of.
const (
	policy ObjectKind = "policy"
	// rowSecurity is what makes the policies of a table hold; its name is that of the table.
	rowSecurity ObjectKind = "security"
)

// isPolicy reports a kind that comes from the mapping.
func (k ObjectKind) isPolicy() bool { return k == policy || k == rowSecurity }

// tableName names the table of a policy; the schema "" is the connection's own.
type tableName struct{ schema, table string }

// recorded is the name as the Table of an object: in another schema with that, in quotes.
func (n tableName) recorded() string {
	if n.schema == "" {
		return n.table
	}
	return `"` + n.schema + `"."` + n.table + `"`
}

// policyTable is the table of a policy.
func (o Object) policyTable() tableName {
	schema, table, ok := strings.Cut(strings.Trim(o.Table, `"`), `"."`)
	if !ok {
		return tableName{"", o.Table}
	}
	return tableName{schema, table}
}

func (n tableName) sql(a *atlas) string {
	if n.schema == "" {
		return a.sql.Quote(n.table)
	}
	return a.sql.Quote(n.schema) + "." + a.sql.Quote(n.table)
}

// namespace is the schema as the catalog of PostgreSQL numbers it.
func (n tableName) namespace() string {
	if n.schema == "" {
		return "current_schema()::regnamespace"
	}
	return "(select oid from pg_namespace where nspname = '" + n.schema + "')"
}

// WithoutPolicies leaves out the policies of row level security in the mapping: for engines
// that have none, where they are an error otherwise, since rows that should be hidden would
// not be, and for servers where somebody else keeps them. Those that were made before stay.
func WithoutPolicies() Option { return func(o *options) { o.withoutPolicies = true } }

// policiesOf are the policies of a registry as objects, table by table.
func (a *atlas) policiesOf(reg *mapper.Registry, o options) ([]Object, error) {
	if o.withoutPolicies {
		return nil, nil
	}
	var list []Object
	for _, e := range reg.Entities() {
		if len(e.Policies) == 0 {
			continue
		}
		unsupported := func(feature string) error {
			return &UnsupportedError{Dialect: a.sql.Name(), Object: e.Table.Name, Feature: feature}
		}
		if objectsOf[a.sql.Name()].definition[policy] == "" {
			return nil, unsupported("a policy of row level security (WithoutPolicies leaves it out)")
		}
		on := tableName{schemaOf(e.Table, o.wildcard), e.Table.Name}
		list = append(list, Object{Kind: rowSecurity, Name: e.Table.Name, Table: on.recorded(),
			SQL: "ALTER TABLE " + on.sql(a) + " ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"})
		for _, p := range e.Policies {
			list = append(list, Object{Kind: policy, Name: p.Name, Table: on.recorded(), SQL: a.createPolicy(p, on.sql(a))})
		}
	}
	return list, a.checkObjects(list)
}

func (a *atlas) createPolicy(p *mapper.Policy, table string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE POLICY %s ON %s", a.sql.Quote(p.Name), table)
	if p.Restrictive {
		b.WriteString(" AS RESTRICTIVE")
	}
	if p.For != "" {
		b.WriteString(" FOR " + p.For)
	}
	for i, role := range p.To {
		b.WriteString([]string{" TO ", ", "}[min(i, 1)])
		b.WriteString(a.roleName(role))
	}
	if p.Using != "" {
		b.WriteString(" USING (" + p.Using + ")")
	}
	if p.Check != "" {
		b.WriteString(" WITH CHECK (" + p.Check + ")")
	}
	return b.String()
}

// roleName is a role in SQL; some words stand for roles and are no names.
func (a *atlas) roleName(role string) string {
	if slices.Contains([]string{"public", "current_user", "current_role", "session_user"}, strings.ToLower(role)) {
		return strings.ToUpper(role)
	}
	return a.sql.Quote(role)
}

// dropPolicy is the statement that takes a policy, or what makes policies hold, off a table.
func (a *atlas) dropPolicy(o Object) string {
	if o.Kind == rowSecurity {
		return "ALTER TABLE " + o.policyTable().sql(a) + " DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY"
	}
	return "DROP POLICY " + a.sql.Quote(o.Name) + " ON " + o.policyTable().sql(a)
}

// about names an object in comments.
func (o Object) about() string {
	if o.Kind == rowSecurity {
		if n := o.policyTable(); n.schema != "" {
			return fmt.Sprintf("row level security of %q", n.schema+"."+n.table)
		}
		return fmt.Sprintf("row level security of %q", o.Table)
	}
	return fmt.Sprintf("%q %s", o.Name, o.Kind)
}

var renamedTable = regexp.MustCompile(`^ALTER TABLE (?:"([^"]+)"\.)?"([^"]+)" RENAME TO "`)

// ofMapping leaves of the objects that were made those that a plan has to look at: policies of
// tables that other programs map are theirs.
func ofMapping(reg *mapper.Registry, o options, p *Plan, have []made, all bool) []made {
	tables := map[tableName]bool{}
	for _, e := range reg.Entities() {
		if e.Table != nil {
			tables[tableName{schemaOf(e.Table, o.wildcard), e.Table.Name}] = true
		}
	}
	for _, s := range p.Statements {
		if m := renamedTable.FindStringSubmatch(s.SQL); m != nil {
			tables[tableName{m[1], m[2]}] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(have), func(m made) bool {
		if !m.Kind.isPolicy() {
			return !all
		}
		on := m.policyTable()
		return o.withoutPolicies || !tables[on] && !o.isGone(on.schema, on.table)
	})
}

// reshapes reports a plan that changes columns of a table in a way the server does not allow
// while a policy asks for them.
func (p *Plan) reshapes(a *atlas, table tableName) bool {
	head := "ALTER TABLE " + table.sql(a) + " "
	return slices.ContainsFunc(p.Statements, func(s Statement) bool {
		return strings.HasPrefix(s.SQL, head) && (strings.Contains(s.SQL, " TYPE ") || strings.Contains(s.SQL, "DROP COLUMN"))
	})
}
