package schema_test

import (
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/schema"
)

type notice1 struct {
	_      struct{} `orm:"table=notices,name=Notice"`
	ID     int64
	Tenant string `orm:",length=40"`
	Text   string
}

type notice2 struct {
	_      struct{} `orm:"table=notices,name=Notice"`
	ID     int64
	Tenant string `orm:",length=80"`
	Text   string
}

type notice3 struct {
	_      struct{} `orm:"table=announcements,name=Notice,was=notices"`
	ID     int64
	Tenant string `orm:",length=80"`
	Text   string
}

// queried is the text that a query answers.
func queried(t *testing.T, engine driver.Engine, query string) (s string) {
	t.Helper()
	must(t, handle(engine).QueryRowContext(t.Context(), query).Scan(&s))
	return s
}

// withPolicies gives an entity policies.
func withPolicies[T any](list ...mapper.Policy) *mapper.Definition {
	return mapper.Define(func(e *mapper.Builder[T]) {
		for _, p := range list {
			e.Policy(p)
		}
	})
}

var (
	tenantPolicy = mapper.Policy{Name: "tenant", Using: "tenant=current_setting('app.tenant')"}
	otherPolicy  = mapper.Policy{Name: "tenant", Using: "tenant=current_setting('app.other')"}
	readPolicy   = mapper.Policy{Name: "readers", For: "SELECT", To: []string{"public"}, Using: "text <> ''"}
	strictPolicy = mapper.Policy{Name: "no_empty_text", For: "UPDATE", Restrictive: true, Using: "true", Check: "length(text)>0"}
)

// TestPolicies makes, changes and drops the policies of a table, and leaves nothing planned.
func TestPolicies(t *testing.T) {
	engine := servers[1].open(t)
	settled := func(db target, opts ...schema.Option) {
		t.Helper()
		plan, err := schema.Diff(t.Context(), db, opts...)
		if must(t, err); !plan.IsEmpty() {
			t.Errorf("left:\n%s", plan)
		}
	}
	has := func(want string) {
		t.Helper()
		got := queried(t, engine, "select coalesce(string_agg(tablename || '.' || policyname || ':' || cmd || ':' || permissive, ' ' order by policyname), '') from pg_policies where schemaname = current_schema()")
		on := queried(t, engine, "select coalesce(string_agg(relname, ' '), '') from pg_class where relrowsecurity and relforcerowsecurity")
		if got+" on "+on != want {
			t.Errorf("there are %s on %s, want %s", got, on, want)
		}
	}
	plain := target{registry(t, notice1{}), engine}
	first := target{registry(t, withPolicies[notice1](tenantPolicy, strictPolicy)), engine}
	must(t, schema.Create(t.Context(), first))
	settled(first)
	has("notices.no_empty_text:UPDATE:RESTRICTIVE notices.tenant:ALL:PERMISSIVE on notices")

	// Another condition, another policy.
	second := target{registry(t, withPolicies[notice1](otherPolicy, readPolicy)), engine}
	plan, err := schema.Diff(t.Context(), second)
	must(t, err)
	if text := plan.String(); strings.Count(text, "DROP POLICY") != 2 || strings.Count(text, "CREATE POLICY") != 2 || len(plan.Hazards()) != 2 || !plan.Transactional {
		t.Errorf("the plan is\n%s", text)
	}
	must(t, schema.Apply(t.Context(), second, plan))
	settled(second)
	has("notices.readers:SELECT:PERMISSIVE notices.tenant:ALL:PERMISSIVE on notices")

	// What somebody changed by hand is noticed, and Ensure adds only.
	exec(t, engine, "alter policy tenant on notices using (true)")
	must(t, schema.Ensure(t.Context(), second))
	if plan, err := schema.Diff(t.Context(), second); err != nil || !strings.Contains(plan.String(), `DROP POLICY "tenant"`) {
		t.Errorf("%v\n%s", err, plan)
	}
	exec(t, engine, "alter table notices disable row level security")
	must(t, schema.Update(t.Context(), second))
	settled(second)
	has("notices.readers:SELECT:PERMISSIVE notices.tenant:ALL:PERMISSIVE on notices")

	// A column that a policy asks for changes its type; then the table its name.
	third := target{registry(t, withPolicies[notice2](tenantPolicy)), engine}
	must(t, schema.Update(t.Context(), third))
	settled(third)
	fourth := target{registry(t, withPolicies[notice3](tenantPolicy)), engine}
	must(t, schema.Update(t.Context(), fourth))
	settled(fourth)
	has("announcements.tenant:ALL:PERMISSIVE on announcements")

	// A program that maps other tables leaves them alone, one without the option too.
	must(t, schema.Update(t.Context(), target{registry(t, log1{}), engine}, schema.Objects()))
	must(t, schema.Update(t.Context(), target{registry(t, notice3{}), engine}, schema.WithoutPolicies()))
	has("announcements.tenant:ALL:PERMISSIVE on announcements")

	// Without them in the mapping they go.
	must(t, schema.Update(t.Context(), target{registry(t, notice3{}), engine}))
	settled(target{registry(t, notice3{}), engine})
	has(" on ")
	if n := count(t, engine, "select count(*) from weft_objects"); n != 0 {
		t.Errorf("%d are recorded", n)
	}
	must(t, schema.Drop(t.Context(), target{registry(t, notice3{}), engine}))
	must(t, schema.Create(t.Context(), plain))
	must(t, schema.Update(t.Context(), first))
	must(t, schema.Drop(t.Context(), first))
	must(t, schema.Create(t.Context(), first))
	settled(first)
}

// TestPoliciesRehearsed goes the way to policies and back.
func TestPoliciesRehearsed(t *testing.T) {
	engine := servers[1].open(t)
	must(t, schema.Create(t.Context(), target{registry(t, notice1{}), engine}))
	script, err := schema.Rehearse(t.Context(), target{registry(t, withPolicies[notice1](tenantPolicy, strictPolicy)), engine})
	must(t, err)
	if up, down := script.Up.String(), script.Down.String(); strings.Count(up, "CREATE POLICY") != 2 || strings.Count(down, "DROP POLICY") != 2 || !strings.Contains(down, "DISABLE ROW LEVEL SECURITY") {
		t.Errorf("up:\n%s\ndown:\n%s", up, down)
	}
}

// TestPolicySQL prints the statements of policies.
func TestPolicySQL(t *testing.T) {
	reg := registry(t, withPolicies[notice1](tenantPolicy, readPolicy, strictPolicy))
	got, err := schema.SQL(reg, sql.Postgres())
	must(t, err)
	golden(t, "policies.sql", got)
	for _, d := range sql.Dialects() {
		if d.Name() == "postgres" {
			continue
		}
		if _, err := schema.SQL(reg, d); err == nil || !strings.Contains(err.Error(), "WithoutPolicies") {
			t.Errorf("%s: %v", d.Name(), err)
		}
		if _, err := schema.SQL(reg, d, schema.WithoutPolicies()); err != nil {
			t.Errorf("%s: %v", d.Name(), err)
		}
	}
}

type elsewhere1 struct {
	_      struct{} `orm:"table=notices,name=Elsewhere,schema=weft_elsewhere"`
	ID     int64
	Tenant string `orm:",length=40"`
	Text   string
}

type elsewhere2 struct {
	_      struct{} `orm:"table=notes,name=Elsewhere,schema=weft_elsewhere,was=notices"`
	ID     int64
	Tenant string `orm:",length=80"`
	Text   string
}

type everywhere struct {
	_      struct{} `orm:"table=notices,name=Everywhere,schema='*'"`
	ID     int64
	Tenant string
	Text   string
}

// TestPoliciesElsewhere keeps policies of tables in other schemas than the connection's own, beside
// tables of the same name.
func TestPoliciesElsewhere(t *testing.T) {
	engine := servers[1].open(t)
	settled := func(db target, opts ...schema.Option) {
		t.Helper()
		plan, err := schema.Diff(t.Context(), db, opts...)
		if must(t, err); !plan.IsEmpty() {
			t.Errorf("left:\n%s", plan)
		}
	}
	has := func(want string) {
		t.Helper()
		got := queried(t, engine, `select coalesce(string_agg(case when schemaname = current_schema() then 'own' else schemaname end || '.' || tablename || '.' || policyname || ':' || cmd, ' '
			order by schemaname = current_schema() desc, schemaname, tablename, policyname), '') from pg_policies`)
		if got != want {
			t.Errorf("there are %s, want %s", got, want)
		}
	}
	both := target{registry(t, withPolicies[notice1](tenantPolicy), withPolicies[elsewhere1](otherPolicy, strictPolicy)), engine}
	must(t, schema.Create(t.Context(), both))
	settled(both)
	has("own.notices.tenant:ALL weft_elsewhere.notices.no_empty_text:UPDATE weft_elsewhere.notices.tenant:ALL")

	// What somebody changed in one schema is mended there.
	exec(t, engine, "alter policy tenant on weft_elsewhere.notices using (true)")
	exec(t, engine, "alter table weft_elsewhere.notices disable row level security")
	plan, err := schema.Diff(t.Context(), both)
	must(t, err)
	if text := plan.String(); !strings.Contains(text, `DROP POLICY "tenant" ON "weft_elsewhere"."notices"`) || strings.Contains(text, `ON "notices"`) {
		t.Errorf("the plan is\n%s", text)
	}
	must(t, schema.Apply(t.Context(), both, plan))
	settled(both)

	// A program that maps one of them leaves the other alone.
	own := target{registry(t, withPolicies[notice1](readPolicy)), engine}
	must(t, schema.Update(t.Context(), own))
	settled(own)
	has("own.notices.readers:SELECT weft_elsewhere.notices.no_empty_text:UPDATE weft_elsewhere.notices.tenant:ALL")

	// A column that a policy asks for changes its type, and the table its name.
	renamed := target{registry(t, withPolicies[elsewhere2](tenantPolicy)), engine}
	must(t, schema.Update(t.Context(), renamed))
	settled(renamed)
	has("own.notices.readers:SELECT weft_elsewhere.notes.tenant:ALL")

	// One mapping for the schemas of tenants.
	tenants := target{registry(t, withPolicies[everywhere](tenantPolicy)), engine}
	changed := target{registry(t, withPolicies[everywhere](otherPolicy, readPolicy)), engine}
	for _, name := range []string{"weft_tenant_a", "weft_tenant_b"} {
		must(t, schema.Create(t.Context(), tenants, schema.InSchema(name)))
		settled(tenants, schema.InSchema(name))
	}
	must(t, schema.Update(t.Context(), changed, schema.InSchema("weft_tenant_b")))
	settled(changed, schema.InSchema("weft_tenant_b"))
	settled(tenants, schema.InSchema("weft_tenant_a"))
	has("own.notices.readers:SELECT weft_elsewhere.notes.tenant:ALL weft_tenant_a.notices.tenant:ALL weft_tenant_b.notices.readers:SELECT weft_tenant_b.notices.tenant:ALL")

	// Without them in the mapping they go, with their tables too.
	must(t, schema.Update(t.Context(), target{registry(t, elsewhere2{}), engine}))
	must(t, schema.Drop(t.Context(), changed, schema.InSchema("weft_tenant_b")))
	must(t, schema.Drop(t.Context(), tenants, schema.InSchema("weft_tenant_a")))
	has("own.notices.readers:SELECT")
	if n := count(t, engine, "select count(*) from weft_objects"); n != 2 {
		t.Errorf("%d are recorded", n)
	}
}

// TestPoliciesElsewhereRehearsed goes the way to policies in another schema and back.
func TestPoliciesElsewhereRehearsed(t *testing.T) {
	engine := servers[1].open(t)
	must(t, schema.Create(t.Context(), target{registry(t, elsewhere1{}), engine}))
	script, err := schema.Rehearse(t.Context(), target{registry(t, withPolicies[elsewhere1](tenantPolicy)), engine})
	must(t, err)
	if up, down := script.Up.String(), script.Down.String(); strings.Count(up, `CREATE POLICY "tenant" ON "weft_elsewhere"."notices"`) != 1 || !strings.Contains(down, `ALTER TABLE "weft_elsewhere"."notices" DISABLE ROW LEVEL SECURITY`) {
		t.Errorf("up:\n%s\ndown:\n%s", up, down)
	}
}
