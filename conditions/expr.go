package conditions

// Expr is a condition made by a typed constructor. It is a condition like any
// map, gives the same tree, and can stand wherever a condition can.
type Expr struct {
	path, op string
	value    any
}

func (rd *Reading) expr(e Expr) error {
	rd.Shape = append(rd.Shape, tokMap)
	if err := rd.exprEntry(e); err != nil {
		return err
	}
	rd.Shape = append(rd.Shape, tokEnd)
	return nil
}

func (rd *Reading) exprEntry(e Expr) error {
	switch {
	case e.op == "":
		return rd.entry(e.path, e.value)
	case e.path == "":
		return rd.entry(e.op, e.value)
	}
	rd.Shape = append(appendText(append(rd.Shape, tokKey), e.path), tokMap)
	if err := rd.entry(e.op, e.value); err != nil {
		return within(err, e.path)
	}
	rd.Shape = append(rd.Shape, tokEnd)
	return nil
}

// And holds when all of conds do. Each is a scope of its own: two of them that
// speak of "books" may mean two books. See [Same].
func And(conds ...any) Expr { return Expr{op: "$and", value: conds} }

// Or holds when any of conds does; without conds it holds for nothing.
func Or(conds ...any) Expr { return Expr{op: "$or", value: conds} }

// Nor holds when none of conds does.
func Nor(conds ...any) Expr { return Expr{op: "$nor", value: conds} }

// Not holds where cond is false (not where it is unknown).
func Not(cond any) Expr { return Expr{op: "$not", value: cond} }

// At is cond about what path names: At("author", Eq("name", "x")).
func At(path string, cond any) Expr { return Expr{path: path, value: cond} }

// Eq compares the property at path with value; a nil value asks for NULL.
func Eq(path string, value any) Expr { return Expr{path, "$eq", value} }

// Ne asks for a value other than value; a nil value asks for any value.
func Ne(path string, value any) Expr { return Expr{path, "$ne", value} }

// Gt asks for a greater value.
func Gt(path string, value any) Expr { return Expr{path, "$gt", value} }

// Gte asks for a greater or equal value.
func Gte(path string, value any) Expr { return Expr{path, "$gte", value} }

// Lt asks for a smaller value.
func Lt(path string, value any) Expr { return Expr{path, "$lt", value} }

// Lte asks for a smaller or equal value.
func Lte(path string, value any) Expr { return Expr{path, "$lte", value} }

// In asks for one of values; a nil among them adds NULL.
func In[T any](path string, values ...T) Expr { return Expr{path, "$in", values} }

// NotIn asks for a value that is none of values.
func NotIn[T any](path string, values ...T) Expr { return Expr{path, "$nin", values} }

// IsNull asks for NULL.
func IsNull(path string) Expr { return Expr{path, "$exists", false} }

// IsNotNull asks for any value.
func IsNotNull(path string) Expr { return Expr{path, "$exists", true} }

// Like asks for text that an SQL pattern (% and _) covers; ILike ignores case.
func Like(path string, pattern any) Expr { return Expr{path, "$like", pattern} }

// ILike is Like without regard to case.
func ILike(path string, pattern any) Expr { return Expr{path, "$ilike", pattern} }

// Re asks for text in which a Go regular expression (text or *regexp.Regexp) is found.
func Re(path string, pattern any) Expr { return Expr{path, "$re", pattern} }

// StartsWith asks for text that begins with prefix.
func StartsWith(path string, prefix any) Expr { return Expr{path, "$startsWith", prefix} }

// EndsWith asks for text that ends with suffix.
func EndsWith(path string, suffix any) Expr { return Expr{path, "$endsWith", suffix} }

// ContainsText asks for text with part somewhere in it.
func ContainsText(path string, part any) Expr { return Expr{path, "$containsText", part} }

// Fulltext asks the engine's full-text search.
func Fulltext(path string, query any) Expr { return Expr{path, "$fulltext", query} }

// Contains asks for an array that holds all elements of value, or a JSON
// document with all scalar leaves of value.
func Contains(path string, value any) Expr { return Expr{path, "$contains", value} }

// Contained asks for an array with no elements but those of value.
func Contained(path string, value any) Expr { return Expr{path, "$contained", value} }

// Overlap asks for an array that shares an element with value.
func Overlap(path string, value any) Expr { return Expr{path, "$overlap", value} }

// ElemMatch asks for an array, inside a document or of embedded values, with an
// element for which cond holds; a nil cond for any element.
func ElemMatch(path string, cond any) Expr { return quantifier(path, "$elemMatch", cond) }

// Size compares the number of related rows, or of an array's elements, with a
// number or a map of comparisons.
func Size(path string, size any) Expr { return Expr{path, "$size", size} }

// HasKey asks for a JSON object with key.
func HasKey(path, key string) Expr { return Expr{path, "$hasKey", key} }

// HasKeys asks for a JSON object with all of keys.
func HasKeys(path string, keys ...string) Expr { return Expr{path, "$hasKeys", keys} }

// HasSomeKeys asks for a JSON object with any of keys.
func HasSomeKeys(path string, keys ...string) Expr { return Expr{path, "$hasSomeKeys", keys} }

// Some asks for a related row for which cond holds; a nil cond for any row.
func Some(path string, cond any) Expr { return quantifier(path, "$some", cond) }

// None asks that cond holds for no related row; a nil cond for no row at all.
func None(path string, cond any) Expr { return quantifier(path, "$none", cond) }

// Every asks that cond holds for every related row; where there is none it holds.
func Every(path string, cond any) Expr { return quantifier(path, "$every", cond) }

// All asks, for each of conds, for some related row.
func All(path string, conds ...any) Expr { return Expr{path, "$all", conds} }

func quantifier(path, op string, cond any) Expr {
	if cond == nil || isNilMap(cond) {
		cond = M{}
	}
	return Expr{path, op, cond}
}

// Same is the conjunction of conditions in one scope: what they say about the
// same to-many path, they say about the same row. Its members are maps, documents
// and expressions.
type Same []any

func (rd *Reading) same(s Same) error {
	rd.Shape = append(rd.Shape, tokMap)
	for _, member := range s {
		if err := rd.sameMember(member); err != nil {
			return err
		}
	}
	rd.Shape = append(rd.Shape, tokEnd)
	return nil
}

func (rd *Reading) sameMember(member any) error {
	switch m := member.(type) {
	case M:
		return rd.sorted(m)
	case Expr:
		return rd.exprEntry(m)
	case D:
		return rd.entries(m)
	}
	return &Error{Class: ErrShape, Step: "read", Got: "Same joins maps, documents and expressions only"}
}
