package seed

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weft-orm/weft/mapper"
)

// constraints are the lists of properties that tell rows apart: the key where the
// application makes it, unique properties and unique indexes without a condition.
func constraints(e *mapper.Entity) [][]*mapper.Property {
	var list [][]*mapper.Property
	if len(e.Key) > 1 || len(e.Key) == 1 && e.Key[0].Generated == mapper.Assigned {
		list = append(list, e.Key)
	}
	for _, p := range e.Leaves {
		if p.Unique && !p.Primary || p.Kind == mapper.OneToOne && p.Relation.Owning && !p.Primary {
			list = append(list, []*mapper.Property{p})
		}
	}
	for _, ix := range e.Indexes {
		if !ix.Unique || ix.Where != "" || ix.Expression != "" {
			continue
		}
		var props []*mapper.Property
		for _, c := range ix.Columns {
			if c.Property != nil && !slices.Contains(props, c.Property) {
				props = append(props, c.Property)
			}
		}
		list = append(list, props)
	}
	return list
}

// distinguish changes made-up values until no other entity of the run has the same
// in a unique constraint.
func (b *building) distinguish(ctx context.Context, bounds bounds) error {
	for _, props := range constraints(b.meta) {
		for attempt := 1; ; attempt++ {
			key, complete := b.key(props)
			if !complete || !b.run.used[key] {
				b.run.used[key] = complete || b.run.used[key]
				break
			}
			changed, err := b.vary(ctx, props, bounds, attempt)
			if err != nil {
				return err
			}
			if !changed || attempt > 500 {
				names := make([]string, len(props))
				for i, p := range props {
					names[i] = p.Path
				}
				return &Error{Class: ErrExhausted, Entity: b.meta.Name, Path: strings.Join(names, ", "),
					Detail: "they are unique, and another entity of the run has these values already; give them by Sequence"}
			}
		}
	}
	return nil
}

// key is the text of the values of a constraint; incomplete where one of them is
// NULL or made by the database, which never clashes.
func (b *building) key(props []*mapper.Property) (key string, complete bool) {
	parts := []string{b.meta.Root().Name}
	for _, p := range props {
		v, ok := b.values[p]
		if !ok || v == nil {
			return "", false
		}
		if p.Relation != nil {
			parts = append(parts, fmt.Sprintf("%s=%p", p.Path, v))
			if n, plain := v.(int); plain {
				parts[len(parts)-1] = p.Path + "=" + strconv.Itoa(n)
			}
			continue
		}
		if at, ok := v.(time.Time); ok {
			v = at.UTC().Format(time.RFC3339Nano)
		}
		parts = append(parts, fmt.Sprintf("%s=%v", p.Path, v))
	}
	return strings.Join(parts, "\x00"), true
}

// vary makes other values for those properties that the recipe does not give.
func (b *building) vary(ctx context.Context, props []*mapper.Property, bounds bounds, attempt int) (changed bool, err error) {
	for _, p := range props {
		if b.fixed[p] || p.Relation == nil && len(p.Type.Enum) > 0 && len(props) == 1 && attempt > 50 {
			continue
		}
		v, wanted, err := b.value(ctx, p, bounds, attempt)
		if err != nil {
			return false, err
		}
		if !wanted {
			continue
		}
		if s, ok := v.(string); ok && p.Relation == nil && attempt > 3 && p.Type.Kind == mapper.String && len(p.Type.Enum) == 0 && (bounds[p] == nil || len(bounds[p].values) == 0) {
			v = numbered(s, b.n+attempt, p.Type.Length)
		}
		b.values[p], changed = v, true
	}
	return changed, nil
}

// numbered puts a number into a text, before the @ of an address, within its length.
func numbered(s string, n, length int) string {
	number := strconv.Itoa(n)
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		at = len(s)
	}
	head, tail := s[:at], s[at:]
	if length > 0 {
		room := length - len(number) - utf8.RuneCountInString(tail)
		if room < 0 {
			return cut(number, min(length, len(number)))
		}
		if utf8.RuneCountInString(head) > room {
			head = string([]rune(head)[:room])
		}
	}
	return head + number + tail
}
