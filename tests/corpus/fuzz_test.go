package corpus_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/mongo"
	"github.com/weft-orm/weft/qb/sql"
)

// marker is put into every value from outside, and into the keys of documents. In a text, or where MongoDB expects an
// operator, a field or an expression, it would be an injection.
const marker = `$zqz'"` + "`"

// back are the mappings that queries are compiled with.
type back struct{ tables, documents *mapper.Registry }

func backs(f *testing.F) back { return back{relational(f), documents(f)} }

// FuzzConditionText compiles conditions from outside for every back end: no panic, typed errors, and nothing from
// outside in what is sent but as a value.
func FuzzConditionText(f *testing.F) {
	for _, c := range load(f) {
		f.Add(c.Entity, c.Source)
	}
	b := backs(f)
	f.Fuzz(func(t *testing.T, entity, source string) {
		var cond any
		if b.tables.Entity(entity) == nil || json.Unmarshal([]byte(source), &cond) != nil {
			return
		}
		b.check(t, entity, marked(cond, false), nil, nil)
	})
}

// FuzzKeyText compiles keys from outside.
func FuzzKeyText(f *testing.F) {
	for _, key := range []string{"name", "name:like", "books.title >=", "meta.a", "meta.zqz", "meta.a.[0]", `meta."'` + "`", "prefs.limits.x", "home.city", "$or", "lines.product", "first"} {
		f.Add(key)
	}
	b := backs(f)
	f.Fuzz(func(t *testing.T, key string) {
		for _, entity := range []string{"Author", "Customer", "OrderLine", "Dog"} {
			for _, v := range []any{marker, 1, nil, []any{marker, nil}, conditions.M{}, conditions.M{"$ne": marker}, conditions.M{"$hasKey": marker}} {
				b.check(t, entity, conditions.M{markedKey(key): v}, nil, nil)
			}
		}
	})
}

// FuzzOrderText compiles order entries from outside.
func FuzzOrderText(f *testing.F) {
	for _, s := range []string{"name", "-books.title", "meta.zqz number desc nulls last", "name collate zqz", `name collate zqz"x`, "first", "owner.labels"} {
		f.Add(s)
	}
	b := backs(f)
	f.Fuzz(func(t *testing.T, s string) {
		for _, e := range b.tables.Entities() {
			b.check(t, e.Name, conditions.M{}, []any{markedKey(s)}, nil)
		}
	})
}

// FuzzPopulateText compiles populate hints from outside, with conditions and orders of their own.
func FuzzPopulateText(f *testing.F) {
	f.Add("books", `{"title": "x"}`, "-title", "joined")
	f.Add("books.tags", `{"name:like": "x"}`, "name", "select-in")
	f.Add("customer", `{"meta.a": "x"}`, "", "balanced")
	f.Add("owner", `{"meta": {"$contains": {"a": 1}}}`, "", "joined")
	b := backs(f)
	f.Fuzz(func(t *testing.T, path, source, order, strategy string) {
		h := populate.Hint{Path: path, Strategy: strategy}
		if order != "" {
			h.OrderBy = []string{markedKey(order)}
		}
		if source != "" && json.Unmarshal([]byte(source), &h.Where) != nil {
			return
		}
		h.Where = marked(h.Where, false)
		for _, e := range b.tables.Entities() {
			b.check(t, e.Name, conditions.M{}, nil, []populate.Hint{h})
		}
	})
}

// FuzzFromJSONText compiles what passes an open policy.
func FuzzFromJSONText(f *testing.F) {
	for _, c := range load(f) {
		if c.Entity == "Customer" || c.Entity == "Author" {
			f.Add(c.Entity, c.Source)
		}
	}
	b := backs(f)
	policy := conditions.Policy{Paths: []string{"*", "meta", "prefs", "home.*", "work.*", "books.*", "orders.*", "favourite.*"},
		Operators: strings.Fields("$eq $ne $gt $gte $lt $lte $in $nin $like $ilike $re $exists $and $or $nor $not $some $none $every $size $contains $hasKey $hasKeys $overlap")}
	f.Fuzz(func(t *testing.T, entity, source string) {
		e := b.tables.Entity(entity)
		if e == nil {
			return
		}
		var cond any
		if json.Unmarshal([]byte(source), &cond) != nil {
			return
		}
		text, err := json.Marshal(marked(cond, false))
		if err != nil {
			return
		}
		read, err := conditions.FromJSON(e, text, policy)
		if err != nil {
			typed(t, err)
			return
		}
		b.check(t, entity, read, nil, nil)
	})
}

// marked puts the marker into the values of a condition, and into keys that are those of documents.
func marked(v any, inDocument bool) any {
	switch v := v.(type) {
	case string:
		return v + marker
	case []any:
		out := make([]any, len(v))
		for i, m := range v {
			out[i] = marked(m, inDocument)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, m := range v {
			key := markedKey(k)
			if inDocument && !strings.HasPrefix(k, "$") {
				key = k + strings.TrimLeft(marker, "$")
			}
			out[key] = marked(m, inDocument || k == "meta" || k == "$contains")
		}
		return out
	}
	return v
}

var documentPath = regexp.MustCompile(`(\bmeta\.[^.:\s\[]*)`)

// markedKey puts the marker into a path inside a document.
func markedKey(key string) string {
	return documentPath.ReplaceAllString(key, "${1}"+strings.ReplaceAll(strings.TrimLeft(marker, "$"), "$", "$$"))
}

// check compiles a read for every back end.
func (b back) check(t *testing.T, entity string, where any, order []any, hints []populate.Hint) {
	for _, reg := range []*mapper.Registry{b.tables, b.documents} {
		q, args, err := read(reg, entity, where, order, hints, reg == b.documents)
		if err != nil {
			typed(t, err)
			continue
		}
		if reg == b.documents {
			checkCommand(t, q, args)
			continue
		}
		for _, d := range sql.Dialects() {
			st, err := d.Compile(q)
			if err != nil {
				typed(t, err)
				continue
			}
			if text := quotedCollation.ReplaceAllString(st.Text, ""); strings.Contains(text, "zqz") {
				t.Errorf("%s: %v\n%s", d.Name(), where, st.Text)
			}
			if _, err := st.Bind(nil, args); err != nil {
				typed(t, err)
			}
		}
	}
}

// quotedCollation is a collation, which an order entry may name.
var quotedCollation = regexp.MustCompile("COLLATE (\"([^\"]|\"\")*\"|`([^`]|``)*`)")

func read(reg *mapper.Registry, entity string, where any, order []any, hints []populate.Hint, toOneOnly bool) (*qb.Select, []any, error) {
	env := conditions.Env{Registry: reg, Entity: reg.Entity(entity)}
	tree, args, err := conditions.Compile(env, where, 0)
	if err != nil {
		return nil, nil, err
	}
	q := &qb.Select{Registry: reg, Entity: env.Entity, Output: env.Entity.Key, Where: tree.Root, Slots: tree.Slots, Limit: conditions.NoSlot, Offset: conditions.NoSlot}
	if q.OrderBy, err = qb.ParseOrder(env, order...); err != nil {
		return nil, nil, err
	}
	nodes, err := populate.Parse(env, populate.Options{JoinToOneOnly: toOneOnly, Filter: tree, Slots: q.Slots}, hints...)
	if err != nil {
		return nil, nil, err
	}
	q.Populate = joinedNodes(nodes.Nodes)
	return q, append(args, nodes.Values...), nil
}

func joinedNodes(nodes []*populate.Node) []*populate.Node {
	var list []*populate.Node
	for _, n := range nodes {
		if n.Strategy == populate.Joined {
			c := *n
			c.Fields, c.Children = n.Relation.Relation.Target.Key, joinedNodes(n.Children)
			list = append(list, &c)
		}
	}
	return list
}

// checkCommand looks at every key and string that MongoDB is sent.
func checkCommand(t *testing.T, q *qb.Select, args []any) {
	cmd, err := mongo.Compile(q)
	if err != nil {
		typed(t, err)
		return
	}
	request, err := cmd.Bind(args)
	if err != nil {
		typed(t, err)
		return
	}
	for _, part := range []any{request.Filter, request.Projection, request.Sort, request.Pipeline} {
		if at := injected(part, false); at != "" {
			t.Errorf("%q in %s", at, cmd.Text(request))
		}
	}
}

// injected returns a key or an expression that came from outside: a marked key that is not below a document, or a marked
// string where an expression is read that is neither a path below a document nor literal.
func injected(v any, expression bool) string {
	switch v := v.(type) {
	case bson.D:
		if name, ok := fieldName(v); ok && !strings.HasPrefix(name, "$") {
			return injected(v[1].Value, expression)
		}
		for _, e := range v {
			if strings.Contains(e.Key, "zqz") && !belowDocument(e.Key) {
				return e.Key
			}
			inside := expression || e.Key == "$expr" || e.Key == "$set" || e.Key == "$project"
			if e.Key == "$literal" || e.Key == "$match" {
				inside = false
			}
			if at := injected(e.Value, inside); at != "" {
				return at
			}
		}
	case bson.A:
		for _, m := range v {
			if at := injected(m, expression); at != "" {
				return at
			}
		}
	case string:
		if expression && strings.Contains(v, "zqz") && !(strings.HasPrefix(v, "$") && belowDocument(v[1:])) {
			return v
		}
	}
	return ""
}

// fieldName is the name that $getField reads, which is no expression unless it begins with a dollar sign.
func fieldName(d bson.D) (string, bool) {
	if len(d) != 2 || d[0].Key != "field" || d[1].Key != "input" {
		return "", false
	}
	name, ok := d[0].Value.(string)
	return name, ok
}

// belowDocument reports a path whose first piece is a document of the model and that has no operator in it.
func belowDocument(path string) bool {
	head, rest, _ := strings.Cut(path, ".")
	return (head == "meta" || head == "prefs") && rest != "" && !strings.HasPrefix(rest, "$") && !strings.Contains(rest, ".$")
}

// typed fails for an error that belongs to no class.
func typed(t *testing.T, err error) {
	t.Helper()
	var c *conditions.Error
	var q *qb.Error
	var p *populate.Error
	for _, class := range []error{sql.ErrUnsupported, sql.ErrQuery, sql.ErrArgument, mongo.ErrUnsupported, mongo.ErrValue} {
		if errors.Is(err, class) {
			return
		}
	}
	if !errors.As(err, &c) && !errors.As(err, &q) && !errors.As(err, &p) {
		t.Errorf("untyped error %T: %v", err, err)
	}
}

// TestInjectionIsSeen: keys and expressions from outside are told apart from values.
func TestInjectionIsSeen(t *testing.T) {
	one := func(key string, v any) bson.D { return bson.D{{Key: key, Value: v}} }
	for _, c := range []struct {
		part any
		want string
	}{
		{one("name", "$zqz"), ""},
		{one("zqz", 1), "zqz"},
		{one("meta.zqz", 1), ""},
		{one("meta.$zqz", 1), "meta.$zqz"},
		{bson.A{one("$match", one("$zqz", 1))}, "$zqz"},
		{one("$expr", one("$eq", bson.A{"$name", "$zqz"})), "$zqz"},
		{one("$expr", one("$getField", bson.D{{Key: "field", Value: "zqz"}, {Key: "input", Value: "$meta"}})), ""},
		{one("$expr", one("$getField", bson.D{{Key: "field", Value: "$zqz"}, {Key: "input", Value: "$meta"}})), "$zqz"},
		{one("$expr", one("$getField", bson.D{{Key: "field", Value: "a"}, {Key: "input", Value: "$zqz"}})), "$zqz"},
		{one("$expr", one("$eq", bson.A{"$meta.zqz", one("$literal", "$zqz")})), ""},
	} {
		if got := injected(c.part, false); got != c.want {
			t.Errorf("%v: got %q, want %q", c.part, got, c.want)
		}
	}
}
