package studio

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// edits are changes that go in together or not at all.
type edits struct {
	Changes []change `json:"changes"`
}

// change is a new row (without a key), other values for a row, or its removal.
type change struct {
	Entity string         `json:"entity"`
	Key    []any          `json:"key"`
	Set    map[string]any `json:"set"`
	Remove bool           `json:"remove"`
}

type planned struct {
	// Plan is what a flush would send, in weft's words.
	Plan   string  `json:"plan"`
	Events []Event `json:"events,omitempty"`
}

// plan says what the unit of work would do; nothing is written.
func (s *Studio) plan(r *http.Request, in *edits) (*planned, error) {
	em := s.db.Fork()
	if err := s.mark(r.Context(), em, in.Changes); err != nil {
		return nil, err
	}
	text, err := em.Plan(r.Context())
	return &planned{Plan: text}, err
}

// flush does what plan said.
func (s *Studio) flush(r *http.Request, in *edits) (*planned, error) {
	ctx, events := collect(r.Context())
	em := s.db.Fork()
	if err := s.mark(ctx, em, in.Changes); err != nil {
		return nil, err
	}
	text, err := em.Plan(ctx)
	if err != nil {
		return nil, err
	}
	if err := em.Flush(ctx); err != nil {
		return nil, err
	}
	return &planned{Plan: text, Events: events.events()}, nil
}

// mark makes the changes in a unit of work.
func (s *Studio) mark(ctx context.Context, em *orm.EntityManager, changes []change) error {
	if !s.opts.Write {
		return ErrReadOnly
	}
	em.SetFlushMode(orm.FlushCommit) // finding a row must not send the changes before it
	var mistakes []error
	for i := range changes {
		if err := s.markOne(ctx, em, &changes[i]); err != nil {
			mistakes = append(mistakes, err)
		}
	}
	return errors.Join(mistakes...)
}

func (s *Studio) markOne(ctx context.Context, em *orm.EntityManager, c *change) error {
	e := s.db.Registry().Entity(c.Entity)
	if e == nil || e.GoType == nil {
		return fmt.Errorf("%w: %s", orm.ErrUnknownEntity, c.Entity)
	}
	data, err := values(e, c.Set)
	if err != nil {
		return err
	}
	if len(c.Key) == 0 {
		x := e.Interface(e.New())
		em.Persist(x)
		return orm.Assign(ctx, em, x, data)
	}
	key, err := keyOf(e, c.Key)
	if err != nil {
		return err
	}
	list, err := orm.FindAny(ctx, em, c.Entity, key, orm.WithoutFilter())
	switch {
	case err != nil:
		return err
	case len(list) != 1:
		return fmt.Errorf("%w: %s %v", orm.ErrNotFound, c.Entity, c.Key)
	case c.Remove:
		em.Remove(list[0])
		return nil
	}
	return orm.Assign(ctx, em, list[0], data)
}

// values reads what a page set, by property; a path "home.city" is a value inside one.
func values(e *mapper.Entity, set map[string]any) (orm.M, error) {
	out := orm.M{}
	for name, v := range set {
		p := e.Property(name)
		if p == nil {
			out[name] = v // refused by Assign, with the names that are there
			continue
		}
		read, err := given(p, v)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", e.Name, name, err)
		}
		at := out
		if p.Parent != nil {
			at = within(out, p.Parent)
		}
		at[p.Name] = read
	}
	return out, nil
}

// within returns the map of an embedded value.
func within(out orm.M, p *mapper.Property) orm.M {
	if p.Parent != nil {
		out = within(out, p.Parent)
	}
	inner, ok := out[p.Name].(orm.M)
	if !ok {
		inner = orm.M{}
		out[p.Name] = inner
	}
	return inner
}
