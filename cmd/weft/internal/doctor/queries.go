package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/weft-orm/weft/cmd/internal/indexcover"
	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/schema"
)

// A query is a find that the application makes, in the words of qbdebug.
type query struct {
	Entity string `json:"entity"`
	Where  any    `json:"where"`
}

// settings are the section "doctor" of weft.yaml.
type settings struct {
	// Queries are files with the finds of the application.
	Queries []string `yaml:"queries"`
}

// readQueries reads documents like {"entity": "Book", "where": {...}}, one after the other.
func readQueries(names []string) ([]query, error) {
	var list []query
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, env.Mistake(err)
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		d.DisallowUnknownFields()
		for {
			var q query
			err := d.Decode(&q)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, env.Mistakef("%s: query %d: %w", name, len(list)+1, err)
			}
			q.Where = numbers(q.Where)
			list = append(list, q)
		}
	}
	return list, nil
}

// numbers keeps whole numbers as int64, as qbdebug does.
func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
	case map[string]any:
		for k, inner := range v {
			v[k] = numbers(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = numbers(inner)
		}
	}
	return v
}

// queries looks for indexes that the conditions of the application could use.
func (x *examination) queries(ctx context.Context, t *env.Target, list []query) {
	if len(list) == 0 {
		return
	}
	indexes, err := schema.IndexedColumns(ctx, t)
	if errors.Is(err, schema.ErrNoSchema) {
		x.add("queries", "skipped", "indexes are not read on "+t.Engine().Caps().Name, "")
		return
	}
	if err != nil {
		x.add("queries", "failed", err.Error(), "")
		return
	}
	var missing []string
	for i, q := range list {
		lack, err := lacking(t.Registry(), q, indexes)
		if err != nil {
			x.add("queries", "failed", fmt.Sprintf("query %d: %v", i+1, err), "")
			return
		}
		if lack != "" && !slices.Contains(missing, lack) {
			missing = append(missing, lack)
		}
	}
	if len(missing) > 0 {
		x.add("queries", "warning", "conditions without an index: "+strings.Join(missing, "; "), `index or unique in the mapping makes one; over several properties, index=NAME on each`)
		return
	}
	x.add("queries", "ok", fmt.Sprintf("an index serves each of %d conditions that one could serve", len(list)), "")
}

// lacking says which index a condition lacks, "" when there is one, or none could serve it.
func lacking(reg *mapper.Registry, q query, indexes map[string][][]string) (string, error) {
	var names []string
	for _, e := range reg.Entities() {
		names = append(names, e.Name)
	}
	i := slices.Index(names, q.Entity)
	if i < 0 {
		return "", fmt.Errorf("there is no entity %q%s", q.Entity, suggest.Hint(q.Entity, names))
	}
	if q.Where == nil {
		return "", nil
	}
	tree, _, err := conditions.Compile(conditions.Env{Registry: reg, Entity: reg.Entities()[i]}, q.Where, 0)
	if err != nil {
		return "", err
	}
	if wanted := indexcover.Wanted(tree.Root, indexes); len(wanted) > 0 {
		return q.Entity + " by " + strings.Join(wanted, " and "), nil
	}
	return "", nil
}
