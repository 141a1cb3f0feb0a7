package orm

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

// fields returns the leaves to read for a list of property names, all for an
// empty list. Keys, version and discriminator always come along, and with them
// the foreign keys: references stay loadable. Names of relations in a path
// ("books.title") concern the populated level, not this one.
func (s *shape) fields(names []string) ([]*mapper.Property, error) {
	var top []string
	for _, name := range names {
		if first, _, nested := strings.Cut(name, "."); !nested || !s.isRelation(first) {
			top = append(top, name)
		}
	}
	if len(top) == 0 {
		return s.read, nil
	}
	wanted := map[*mapper.Property]bool{}
	for _, name := range top {
		if err := s.want(wanted, name); err != nil {
			return nil, err
		}
	}
	var list []*mapper.Property
	for _, p := range s.meta.Leaves {
		always := p.Primary || p.Version || slices.Contains(s.owning, p)
		if wanted[p] || always && !p.Virtual {
			list = append(list, p)
		}
	}
	return list, nil
}

// want adds the leaves of a property, those inside an embedded value included.
func (s *shape) want(wanted map[*mapper.Property]bool, path string) error {
	var p *mapper.Property
	names := s.meta.PropertyNames()
	for i, name := range strings.Split(path, ".") {
		if i == 0 {
			p = s.meta.Property(name)
		} else {
			names = p.SubNames()
			p = p.Sub(name)
		}
		if p == nil {
			return unknown(ErrUnknownProperty, "find", s.meta, path, name, names)
		}
	}
	wantAll(wanted, p)
	return nil
}

func wantAll(wanted map[*mapper.Property]bool, p *mapper.Property) {
	if p.Kind != mapper.Inline {
		wanted[p] = true
		return
	}
	for _, sub := range p.Embedded {
		wantAll(wanted, sub)
	}
}

func (s *shape) isRelation(name string) bool {
	p := s.meta.Property(name)
	return p != nil && p.Kind.IsRelation()
}

// unknown is the error for a name that does not exist.
func unknown(class error, op string, e *mapper.Entity, path, name string, names []string) error {
	err := &Error{Class: class, Op: op, Entity: e.Name, Path: path}
	if near := suggest.Nearest(name, names); near != "" {
		err.Detail = "did you mean " + near + "?"
	}
	return err
}
