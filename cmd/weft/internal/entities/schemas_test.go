package entities_test

import (
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/weft/internal/entities"
)

// TestSchemas reads tables of several schemas, which refer to each other and repeat names.
func TestSchemas(t *testing.T) {
	if testing.Short() {
		t.Skip("needs PostgreSQL and the go command")
	}
	connector, _, _ := openPostgres(t, `create table people (id serial primary key, name text not null);
create schema audit;
create table audit.people (id serial primary key, person_id integer not null references public.people, at timestamptz not null);
create table audit.notes (id serial primary key, people_id integer not null references audit.people);`)
	engine, err := connector.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	opts := entities.Options{Schemas: []string{"", "audit"}, Package: "schemas"}
	db, err := entities.Inspect(t.Context(), engine, opts)
	if err != nil {
		t.Fatal(err)
	}
	result, err := entities.Generate(db, opts, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := newModule(t)
	var all strings.Builder
	for _, f := range result.Files {
		m.write(t, "schemas/"+f.Name, f.Source)
		all.Write(f.Source)
	}
	if got := strings.Join(result.Entities, " "); got != "Person Note AuditPerson" && got != "Person AuditNote AuditPerson" {
		t.Errorf("the entities are %s", got)
	}
	for _, want := range []string{`orm:"table=people,schema=audit"`, "Person rel.Ref[Person] `orm:\",required\"`", "rel.Ref[AuditPerson]"} {
		if !strings.Contains(strings.Join(strings.Fields(all.String()), " "), want) {
			t.Errorf("there is no %s in\n%s", want, all.String())
		}
	}
	plan, _ := m.compare(t, "schemas", result.Naming, connector, engine)
	for _, s := range plan.Statements {
		if !strings.HasPrefix(s.SQL, "CREATE INDEX") { // weft's own for foreign keys
			t.Errorf("left: %s", s.SQL)
		}
	}
}
