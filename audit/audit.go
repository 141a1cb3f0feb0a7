package audit

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// Entry is what became of one entity in one flush.
type Entry struct {
	ID int64
	// At is when it was written, by the clock of the program; Actor who did it.
	At    time.Time
	Actor string `orm:",length=255"`
	// Entity is the name of its type, Key its key as JSON: 7, or [1,"a"].
	Entity string `orm:",length=128"`
	Key    string `orm:"entity_key,length=255"`
	// Kind is "create", "update" or "delete".
	Kind string `orm:",length=16"`
	// Changes are the properties and the links, as JSON: {"name": {"old": "a", "new": "b"},
	// "tags": {"added": [1], "removed": [2]}}. Values that are kept out of logs are "[redacted]".
	Changes json.RawMessage `orm:",json"`
}

// Entity is the mapping of entries, for orm.Entities. table is the name of the table, ""
// being "audit_entries".
func Entity(table string) *mapper.Definition {
	return mapper.Define(func(e *mapper.Builder[Entry]) {
		e.Table(cmp.Or(table, "audit_entries"))
	})
}

// Sink takes the entries of a flush, in the order of its rows, inside its transaction. Its
// error rolls the flush back.
type Sink func(ctx context.Context, em *orm.EntityManager, entries []*Entry) error

// Options say what is kept; the zero value keeps everything, of nobody.
type Options struct {
	// Actor tells who is at work, from the context of the flush; an error refuses the flush.
	Actor func(ctx context.Context) (string, error)
	// Only are the names of the entities that are kept, all when there are none; Except those
	// that are not. Entries themselves never are.
	Only, Except []string
	// To takes the entries; the default writes them to the table of [Entity], which has to be registered.
	To Sink
}

// Trail keeps the changes of all flushes of a database. Native and bulk writes, and raw
// SQL, go past the unit of work and leave no entry.
func Trail(opts Options) orm.Option {
	if opts.To == nil {
		opts.To = func(ctx context.Context, em *orm.EntityManager, entries []*Entry) error {
			return orm.BulkInsert(ctx, em, entries, orm.DiscardGenerated())
		}
	}
	return orm.Subscribe(orm.Subscriber{Written: func(ctx context.Context, em *orm.EntityManager, f *orm.FlushEvent) error {
		entries, err := opts.entries(ctx, f.Changes())
		if err != nil || len(entries) == 0 {
			return err
		}
		return opts.To(ctx, em, entries)
	}})
}

// entries makes entries of changes.
func (o *Options) entries(ctx context.Context, changes []orm.Change) ([]*Entry, error) {
	var out []*Entry
	now := time.Now()
	for i := range changes {
		c := &changes[i]
		if _, own := c.Entity.(*Entry); own || !o.keeps(c.Name) {
			continue
		}
		e, err := entry(c)
		if err != nil {
			return nil, fmt.Errorf("audit: %s: %w", c, err)
		}
		e.At = now
		out = append(out, e)
	}
	if len(out) == 0 || o.Actor == nil {
		return out, nil
	}
	actor, err := o.Actor(ctx)
	if err != nil {
		return nil, fmt.Errorf("audit: who is at work: %w", err)
	}
	for _, e := range out {
		e.Actor = actor
	}
	return out, nil
}

func (o *Options) keeps(entity string) bool {
	return (len(o.Only) == 0 || slices.Contains(o.Only, entity)) && !slices.Contains(o.Except, entity)
}

const redacted = "[redacted]"

// entry makes the entry of one change.
func entry(c *orm.Change) (*Entry, error) {
	type value struct {
		Old any `json:"old"`
		New any `json:"new"`
	}
	type links struct {
		Added   []any `json:"added,omitempty"`
		Removed []any `json:"removed,omitempty"`
		Cleared bool  `json:"cleared,omitempty"`
	}
	told := map[string]any{}
	for _, p := range c.Properties {
		v := value{plain(p.Old), plain(p.New)}
		if p.Redacted {
			v = value{hide(v.Old), hide(v.New)}
		}
		told[p.Path] = v
	}
	for _, l := range c.Links {
		told[l.Path] = links{plains(l.Added), plains(l.Removed), l.Cleared}
	}
	changes, err := json.Marshal(told) // its keys are sorted
	if err != nil {
		return nil, err
	}
	key, err := json.Marshal(plain(c.Key))
	if err != nil {
		return nil, err
	}
	return &Entry{Entity: c.Name, Key: string(key), Kind: c.Kind, Changes: changes}, nil
}

func hide(v any) any {
	if v == nil {
		return nil
	}
	return redacted
}

func plains(list []any) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = plain(v)
	}
	return out
}

// plain is a canonical value as JSON shows it.
func plain(v any) any {
	switch v := v.(type) {
	case mapper.Tuple:
		return plains(mapper.Parts(nil, v))
	case fmt.Stringer:
		if _, isTime := v.(time.Time); !isTime {
			return v.String()
		}
	case mapper.Decimal:
		return string(v)
	}
	return v
}
