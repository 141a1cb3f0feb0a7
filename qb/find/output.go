package find

import (
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// Output returns the leaves to read of an entity for a list of property paths: all
// that are read ordinarily for an empty one. Key, version, foreign keys and what
// tells subtypes apart always come along, so that references stay loadable and
// rows writable. Paths through
// relations ("books.title") concern populated rows and are passed over.
func Output(e *mapper.Entity, paths []string) ([]*mapper.Property, error) {
	wanted := map[*mapper.Property]bool{}
	named := false
	for _, path := range paths {
		if rel, _, _ := populate.Through(e, path); rel != nil {
			continue
		}
		p, err := property(e, path)
		if err != nil {
			return nil, err
		}
		named = true
		want(wanted, p)
	}
	if !named {
		return Ordinary(e), nil
	}
	for _, p := range e.HierarchyLeaves() {
		held := p.Kind.IsToOne() && p.Relation.Owning
		always := p.Primary || p.Version || held || e.TellsType(p)
		wanted[p] = wanted[p] || always && !p.Virtual
	}
	e.ReadAlong(wanted)
	var list []*mapper.Property
	for _, p := range e.HierarchyLeaves() {
		if wanted[p] {
			list = append(list, p)
		}
	}
	return list, nil
}

// Ordinary returns the leaves of a read that asks for none in particular: what is
// stored and not lazy, of the entity and of its subtypes in the same query.
func Ordinary(e *mapper.Entity) []*mapper.Property {
	var list []*mapper.Property
	for _, p := range e.HierarchyLeaves() {
		if !p.Virtual && !p.Kind.IsToMany() && !p.Lazy {
			list = append(list, p)
		}
	}
	return list
}

// property finds a property by path, through embedded values; of a place inside a document it
// is the one that holds the document, which is read whole.
func property(e *mapper.Entity, path string) (*mapper.Property, error) {
	var p, document *mapper.Property
	var names []string
	at := e
	for name := range strings.SplitSeq(path, ".") {
		if p != nil {
			if document == nil && p.Kind != mapper.Inline {
				document = p
			}
			sub, found, remedy := p.SubMeaning(name)
			if found != "" {
				return nil, &qb.Error{Class: qb.ErrAmbiguous, Step: "fields", Entity: e.Name, Path: path, Hint: found + "; " + remedy}
			}
			names, p = p.SubNames(), sub
		} else {
			m := at.Meaning(name)
			switch {
			case m.Several != nil:
				found, remedy := m.Ambiguity("")
				return nil, &qb.Error{Class: qb.ErrAmbiguous, Step: "fields", Entity: e.Name, Path: path, Hint: found + "; " + remedy}
			case m.Subtype != nil:
				at = m.Subtype
				continue
			}
			names, p = at.Names(), m.Property
		}
		if p == nil {
			return nil, &qb.Error{Class: qb.ErrUnknownProperty, Step: "fields", Entity: e.Name, Path: path, Hint: didYouMean(name, names)}
		}
	}
	if p == nil {
		return nil, &qb.Error{Class: qb.ErrUnknownProperty, Step: "fields", Entity: e.Name, Path: path, Hint: at.Name + " is a type; name a property of it"}
	}
	if document != nil {
		return document, nil
	}
	return p, nil
}

func didYouMean(name string, names []string) string {
	if near := suggest.Nearest(name, names); near != "" {
		return `did you mean "` + near + `"?`
	}
	return ""
}

// want adds the leaves of a property, those inside an embedded value included.
func want(wanted map[*mapper.Property]bool, p *mapper.Property) {
	if p.Kind != mapper.Inline {
		wanted[p] = true
		return
	}
	for _, sub := range p.Embedded {
		want(wanted, sub)
	}
}
