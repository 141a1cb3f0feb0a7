package studio

import (
	"net/http"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/schema"
)

// none is a request without a document.
type none struct{}

// model is what is mapped.
type model struct {
	Database string `json:"database"`
	Engine   string `json:"engine"`
	Write    bool   `json:"write"`
	// Live reports that an application is watched.
	Live     bool     `json:"live,omitempty"`
	Entities []entity `json:"entities"`
}

type entity struct {
	Name       string     `json:"name"`
	Table      string     `json:"table"`
	Base       string     `json:"base,omitempty"`
	Abstract   bool       `json:"abstract,omitempty"`
	ReadOnly   bool       `json:"readOnly,omitempty"`
	Comment    string     `json:"comment,omitempty"`
	Key        []string   `json:"key"`
	Properties []property `json:"properties"`
	Indexes    []string   `json:"indexes"`
	Checks     []string   `json:"checks"`
	Filters    []string   `json:"filters"`
}

type property struct {
	Path    string   `json:"path"`
	Kind    string   `json:"kind"`
	Type    string   `json:"type,omitempty"`
	Columns []string `json:"columns"`
	// Target, Many, Owning and Inverse describe a relation.
	Target   string `json:"target,omitempty"`
	Many     bool   `json:"many,omitempty"`
	Owning   bool   `json:"owning,omitempty"`
	Inverse  string `json:"inverse,omitempty"`
	Key      bool   `json:"key,omitempty"`
	Unique   bool   `json:"unique,omitempty"`
	Nullable bool   `json:"nullable,omitempty"`
	Made     bool   `json:"made,omitempty"`
	Hidden   bool   `json:"hidden,omitempty"`
	Enum     []any  `json:"enum,omitempty"`
	// Inherited says that a base declares it.
	Inherited bool `json:"inherited,omitempty"`
}

func (s *Studio) model(*http.Request, *none) (*model, error) {
	out := &model{Database: s.opts.Database, Engine: s.db.Engine().Caps().Name, Write: s.opts.Write, Live: s.opts.Live != ""}
	for _, e := range s.db.Registry().Entities() {
		out.Entities = append(out.Entities, entityOf(e))
	}
	return out, nil
}

func entityOf(e *mapper.Entity) entity {
	out := entity{
		Name: e.Name, Abstract: e.Abstract, ReadOnly: e.ReadOnly, Comment: e.Comment,
		Properties: []property{}, Key: []string{}, Indexes: []string{}, Checks: []string{}, Filters: []string{},
	}
	if e.Table != nil {
		out.Table = e.Table.Name
	}
	if e.Base != nil {
		out.Base = e.Base.Name
	}
	for _, p := range e.Key {
		out.Key = append(out.Key, p.Path)
	}
	for _, p := range e.Leaves {
		out.Properties = append(out.Properties, propertyOf(e, p))
	}
	for _, x := range e.Indexes {
		out.Indexes = append(out.Indexes, x.String())
	}
	for _, c := range e.Checks {
		out.Checks = append(out.Checks, c.Name)
	}
	for _, f := range e.Filters {
		out.Filters = append(out.Filters, f.Name)
	}
	return out
}

func propertyOf(e *mapper.Entity, p *mapper.Property) property {
	out := property{
		Path: p.Path, Kind: p.Kind.String(), Columns: []string{}, Key: p.Primary, Unique: p.Unique, Nullable: p.Nullable,
		Made: p.Generated != mapper.Assigned, Hidden: p.Hidden || p.Redacted, Inherited: p.Entity != e,
	}
	for _, c := range p.Columns {
		out.Columns = append(out.Columns, c.Name)
	}
	if p.Type != nil {
		out.Type, out.Enum = p.Type.String(), p.Type.Enum
	}
	if r := p.Relation; r != nil {
		out.Target, out.Many, out.Owning = r.Target.Name, p.Kind.IsToMany(), r.Owning
		if r.Inverse != nil {
			out.Inverse = r.Inverse.Path
		}
	}
	return out
}

// drift is what would bring the tables to the mapping.
type drift struct {
	Statements []string `json:"statements"`
	// Entities are those whose tables a statement is about, with the numbers of those statements.
	Entities map[string][]int `json:"entities"`
}

func (s *Studio) drift(r *http.Request, _ *none) (*drift, error) {
	plan, err := schema.Diff(r.Context(), s.db)
	if err != nil {
		return nil, err
	}
	out := &drift{Statements: []string{}, Entities: map[string][]int{}}
	for i, st := range plan.Statements {
		out.Statements = append(out.Statements, st.SQL)
		for _, e := range s.db.Registry().Entities() {
			if e.Table != nil && e.Table.Name == st.Table {
				out.Entities[e.Name] = append(out.Entities[e.Name], i)
			}
		}
	}
	return out, nil
}
