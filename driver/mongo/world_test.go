package mongo_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// thing is a row in memory, for the naive evaluator, and what is stored of it.
type thing struct {
	entity *mapper.Entity
	vals   map[string]any // by property path: scalars, and keys of owned references
	one    map[string]*thing
	many   map[string][]*thing
}

func (r *thing) Value(p *mapper.Property) (any, error) { return r.vals[p.Path], nil }

func (r *thing) Key(p *mapper.Property) (any, error) {
	switch {
	case p == nil:
		return r.key(), nil
	case p.Relation.Owning:
		return r.vals[p.Path], nil
	case r.one[p.Path] != nil:
		return r.one[p.Path].key(), nil
	}
	return nil, nil
}

func (r *thing) One(p *mapper.Property) (conditions.Row, error) {
	if target := r.one[p.Path]; target != nil {
		return target, nil
	}
	return nil, nil
}

func (r *thing) Many(p *mapper.Property) ([]conditions.Row, error) {
	var out []conditions.Row
	for _, item := range r.many[p.Path] {
		out = append(out, item)
	}
	return out, nil
}

func (r *thing) key() any {
	var parts []any
	for _, p := range r.entity.Key {
		parts = append(parts, r.vals[p.Path])
	}
	return mapper.NewTuple(parts)
}

// world is a random library and shop: few distinct values, so that conditions
// often match, and absent values of every sort.
type world struct {
	rand *rand.Rand
	rows map[string][]*thing
}

func newWorld(seed uint64) *world {
	w := &world{rand: rand.New(rand.NewPCG(seed, 1)), rows: map[string][]*thing{}}
	for i := range 7 {
		w.add("Author", M{"id": int64(i), "name": w.text(), "email": fmt.Sprint(i), "age": w.maybe(w.int()), "active": w.flip(), "rating": float64(w.rand.IntN(3))})
	}
	for i := range 4 {
		w.add("Publisher", M{"code": string(rune('a' + i)), "name": w.text(), "country": w.maybe(w.text())})
	}
	for i := range 4 {
		w.add("Tag", M{"id": int64(i), "name": fmt.Sprint(w.text(), i%2)})
	}
	for i := range 10 {
		w.add("Book", M{"id": int64(i), "title": w.text(), "isbn": w.maybe(fmt.Sprint("i", i)), "pages": w.int(), "price": float64(w.rand.IntN(3))})
	}
	for i := range 3 {
		w.add("Profile", M{"id": int64(i), "bio": w.text()})
	}
	for i := range 8 {
		w.add("Customer", M{"id": mapper.UUID{byte(i)}, "name": w.text(), "home.city": w.text(), "work.city": w.maybe(w.text()), "labels": w.labels(), "meta": w.json(2)})
	}
	for i := range 4 {
		w.add("Order", M{"id": int64(i)})
		w.add("Product", M{"id": int64(i), "name": w.text(), "price": mapper.Decimal(fmt.Sprintf("%d.50", i%2)), "status": "draft"})
	}
	w.link()
	return w
}

func (w *world) add(name string, vals M) *thing {
	r := &thing{entity: entity(name), vals: vals, one: map[string]*thing{}, many: map[string][]*thing{}}
	w.rows[name] = append(w.rows[name], r)
	return r
}

func (w *world) text() any { return []any{"", "a", "b", "ab", "A", "a\nb"}[w.rand.IntN(6)] }
func (w *world) int() any  { return int64(w.rand.IntN(4)) }
func (w *world) flip() any { return w.rand.IntN(2) == 0 }

func (w *world) maybe(v any) any {
	if w.rand.IntN(3) == 0 {
		return nil
	}
	return v
}

func (w *world) labels() any {
	list := []any{}
	for _, label := range []string{"a", "b", "c"} {
		if w.rand.IntN(2) == 0 {
			list = append(list, label)
		}
	}
	return list
}

// json draws a document of the keys a, b and c.
func (w *world) json(depth int) any {
	doc := map[string]any{}
	for _, key := range []string{"a", "b", "c"} {
		switch w.rand.IntN(7) {
		case 0, 1:
			doc[key] = w.rand.IntN(3)
		case 2:
			doc[key] = w.text()
		case 3:
			doc[key] = nil
		case 4:
			doc[key] = []any{w.rand.IntN(3), w.text(), nil, map[string]any{"a": 1}}
		case 5:
			if depth > 0 {
				var inner any
				_ = json.Unmarshal(w.json(depth-1).(json.RawMessage), &inner)
				doc[key] = inner
			}
		}
	}
	text, _ := json.Marshal(doc)
	return json.RawMessage(text)
}

// refer sets an owned reference, to nothing or to a key without a row now and then.
func (w *world) refer(from *thing, property string, nullable bool, inverse string, many bool) {
	p := from.entity.Property(property)
	targets := w.rows[p.Relation.Target.Name]
	i := w.rand.IntN(len(targets) + 2)
	switch {
	case i < len(targets):
	case nullable && i == len(targets):
		return
	case nullable && p.Relation.Target.Key[0].Type != nil && p.Relation.Target.Key[0].Type.Kind == mapper.Int:
		from.vals[property] = int64(99)
		return
	default:
		i = 0
	}
	from.vals[property], from.one[property] = targets[i].key(), targets[i]
	if many {
		targets[i].many[inverse] = append(targets[i].many[inverse], from)
	}
}

func (w *world) link() {
	for _, b := range w.rows["Book"] {
		w.refer(b, "author", false, "books", true)
		w.refer(b, "publisher", true, "books", true)
		for _, tag := range w.rows["Tag"] {
			if w.rand.IntN(3) == 0 {
				b.many["tags"] = append(b.many["tags"], tag)
				tag.many["books"] = append(tag.many["books"], b)
			}
		}
	}
	for _, a := range w.rows["Author"] {
		w.refer(a, "favourite", true, "", false)
	}
	for i, p := range w.rows["Profile"] {
		a := w.rows["Author"][2*i]
		p.vals["author"], p.one["author"], a.one["profile"] = a.key(), a, p
	}
	for _, o := range w.rows["Order"] {
		w.refer(o, "customer", false, "orders", true)
		for _, p := range w.rows["Product"] {
			if w.rand.IntN(2) == 0 {
				line := w.add("OrderLine", M{"order": o.key(), "product": p.key(), "quantity": w.int()})
				line.one["order"], line.one["product"] = o, p
				o.many["lines"] = append(o.many["lines"], line)
			}
		}
	}
	for i := range 5 {
		w.refer(w.add("Shipment", M{"id": int64(i), "note": w.maybe(w.text())}), "first", true, "", false)
	}
}

// store writes the world to a database.
func (w *world) store(b *bench) {
	var ops []*driver.Op
	for _, name := range []string{"Author", "Publisher", "Tag", "Book", "Profile", "Customer", "Product", "Order", "OrderLine", "Shipment"} {
		e := entity(name)
		var rows [][]any
		for _, r := range w.rows[name] {
			rows = append(rows, r.columns())
		}
		ops = append(ops, b.op(&qb.Write{Kind: qb.Insert, Entity: e, Table: e.Table, Set: e.Columns}, rows...))
	}
	var links [][]any
	for _, book := range w.rows["Book"] {
		for _, tag := range book.many["tags"] {
			links = append(links, []any{book.key(), tag.key()})
		}
	}
	b.exec(append(ops, b.link(qb.Insert, "Book", "tags", links...))...)
}

// zeros fill what the world says nothing about.
var zeros = map[mapper.ValueKind]any{
	mapper.Bool: false, mapper.Int: int64(0), mapper.Float: 0.0, mapper.String: "", mapper.Bytes: []byte{},
	mapper.Time: time.Unix(0, 0).UTC(), mapper.JSON: json.RawMessage("{}"),
}

// columns returns the values of a row's columns.
func (r *thing) columns() []any {
	out := make([]any, len(r.entity.Columns))
	for i, c := range r.entity.Columns {
		v := r.vals[c.Property.Path]
		if v == nil && !c.Nullable {
			v = zeros[c.Type.Kind]
		}
		if v != nil {
			out[i] = mapper.Parts(nil, v)[c.Part]
		}
	}
	return out
}
