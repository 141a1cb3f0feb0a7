package conditions

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/internal/docpath"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

// Policy says what a condition from outside may ask. The zero value allows
// nothing but the empty condition.
type Policy struct {
	// Paths are the properties that may be asked about, from the root: "name",
	// "books.title", "author" (its key), "home.city", "meta" (with all that is inside),
	// "books.*" (all plain properties of a book, no relations), "parent+.name" (with its steps). "meta" allows "meta.color"; a
	// path into a document is none of a policy.
	Paths []string
	// Operators are the operators allowed, "$like"; nil allows $eq $ne $gt $gte $lt
	// $lte $in $nin $exists $and $or $nor $not $some $none. Full-text search and regular
	// expressions cost the database much; allow them with care.
	Operators []string
	// MaxDepth limits the nesting of maps and lists; 0 is 8.
	MaxDepth int
	// MaxTerms limits the number of comparisons and groups; 0 is 50.
	MaxTerms int
	// MaxList limits the length of lists; 0 is 200.
	MaxList int
}

var defaultOperators = []string{"$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists", "$and", "$or", "$nor", "$not", "$some", "$none"}

func (p Policy) withDefaults() Policy {
	if p.Operators == nil {
		p.Operators = defaultOperators
	}
	if p.MaxDepth == 0 {
		p.MaxDepth = 8
	}
	if p.MaxTerms == 0 {
		p.MaxTerms = 50
	}
	if p.MaxList == 0 {
		p.MaxList = 200
	}
	return p
}

// check refuses paths that can never match, since they lead nowhere from e, or into a document,
// which is allowed as a whole or not at all.
func (p Policy) check(e *mapper.Entity) error {
	c := &checker{root: e}
	for _, path := range p.Paths {
		to := strings.TrimSuffix(path, ".*")
		if path == "*" {
			continue
		}
		s, ok := c.follow(spot{entity: e}, to)
		if ok && s.path == to {
			continue
		}
		hint := didYouMean(suggest.Nearest(to, e.PropertyNames()))
		switch {
		case ok:
			hint = didYouMean(s.path)
		case s.prop != nil && s.prop.Type != nil && valueType(s.prop.Type).Kind == mapper.JSON:
			hint = "it is inside a document: " + s.path + " allows all that is in it"
		}
		return &Error{Class: ErrUnknownProperty, Step: "policy", Entity: e.Name, Path: path, Hint: hint}
	}
	return nil
}

// spot is a place that keys of a map can be about.
type spot struct {
	entity *mapper.Entity
	prop   *mapper.Property // an embedded value, a field or a document; nil for a row
	path   string           // canonical, "" at the root
	open   bool             // inside a document that is allowed as a whole
}

// checker applies a policy to a condition.
type checker struct {
	policy Policy
	root   *mapper.Entity
	terms  int
	keys   []string
}

func (c *checker) fail(at, op, got, hint string) error {
	e := &Error{Class: ErrPolicy, Step: "json", Entity: c.root.Name, Path: at, Operator: op, Got: got, Hint: hint, Keys: slices.Clone(c.keys)}
	if n := len(e.Keys); n > 0 {
		e.Length = len(e.Keys[n-1])
	}
	return e
}

// condition checks a condition about the row, or the value, at s.
func (c *checker) condition(v any, s spot, op Op) error {
	if len(c.keys) > c.policy.MaxDepth {
		return c.fail(s.path, "", "is nested too deep", "")
	}
	switch v := v.(type) {
	case D:
		if len(v) == 0 && (op == opSome || op == opNone || op == opElemMatch) { // any row at all, or none
			return c.term(s)
		}
		if len(v) == 0 && len(c.keys) > 0 {
			return c.fail(s.path, "", "is empty and would ask for nothing", "")
		}
		return c.entries(v, s, op)
	case []any:
		if len(v) > c.policy.MaxList {
			return c.fail(s.path, "", "holds too long a list", "")
		}
		if op == opAnd || op == opOr || op == opNor || op == opAll {
			return c.members(v, s)
		}
	}
	return c.term(s)
}

func (c *checker) members(list []any, s spot) error {
	for i, member := range list {
		c.keys = append(c.keys, itoa(i))
		if err := c.condition(member, s, 0); err != nil {
			return err
		}
		c.keys = c.keys[:len(c.keys)-1]
	}
	return c.count(s)
}

func (c *checker) count(s spot) error {
	if c.terms++; c.terms > c.policy.MaxTerms {
		return c.fail(s.path, "", "has too many terms", "")
	}
	return nil
}

// term checks a value at s.
func (c *checker) term(s spot) error {
	if !c.allowed(s) {
		return c.refuse(s.path)
	}
	return c.count(s)
}

// allowed reports whether s may be asked about: by its own path or, for a row, by
// that of its key.
func (c *checker) allowed(s spot) bool {
	if s.open || slices.Contains(c.policy.Paths, s.path) && s.path != "" {
		return true
	}
	if s.prop == nil && len(s.entity.Key) == 1 {
		key := s.entity.Key[0]
		s = spot{s.entity, key, joinPath(s.path, key.Name), false}
		return c.allowed(s)
	}
	dot := strings.LastIndexByte(s.path, '.')
	plain := s.prop != nil && !s.prop.Kind.IsRelation() && s.entity.IsSubtypeOf(s.prop.Entity)
	if !plain || slices.Contains(c.policy.Paths, s.path[:dot+1]+"*") {
		return plain
	}
	// "pet.*" allows what is of one type alone, "pet.cat.size".
	of := s.prop.OneOf()
	room := s.prop.Parent
	return of != nil && room != nil && room.Parent == of && slices.ContainsFunc(of.Variants, func(v *mapper.Variant) bool { return of.Alone(v) == room }) &&
		slices.Contains(c.policy.Paths, strings.TrimSuffix(s.path[:dot], room.Name)+"*")
}

func (c *checker) refuse(path string) error {
	return c.fail(path, "", "is not allowed here", didYouMean(suggest.Nearest(path, c.policy.Paths)))
}

func (c *checker) entries(d D, s spot, op Op) error {
	for _, e := range d {
		c.keys = append(c.keys, e.Key)
		if err := c.entry(e, s, op); err != nil {
			return err
		}
		c.keys = c.keys[:len(c.keys)-1]
	}
	return nil
}

func (c *checker) entry(e E, s spot, under Op) error {
	k := splitKey(e.Key)
	if s.open && under == OpContains { // keys of a document, no operators
		return c.condition(e.Value, s, OpContains)
	}
	if k.unknown != "" && !s.open {
		return c.fail(joinPath(s.path, k.path), k.unknown, "is no operator", "")
	}
	if k.op != 0 && !slices.Contains(c.policy.Operators, k.op.String()) {
		return c.fail(joinPath(s.path, k.path), k.op.String(), "operator is not allowed here", "")
	}
	if k.path != "" && !s.open {
		next, ok := c.follow(s, k.path)
		if !ok {
			return c.refuse(joinPath(s.path, k.path))
		}
		s = next
	}
	if k.op.isGeo() {
		if positions(e.Value) > c.policy.MaxList {
			return c.fail(s.path, k.op.String(), "holds too many positions", "")
		}
		return c.term(s)
	}
	return c.condition(e.Value, s, k.op)
}

// positions counts the lists in an operand: each position is one.
func positions(v any) (n int) {
	switch v := v.(type) {
	case D:
		for _, e := range v {
			n += positions(e.Value)
		}
	case []any:
		n = 1
		for _, x := range v {
			n += positions(x)
		}
	}
	return n
}

// follow resolves a path to its canonical spelling.
func (c *checker) follow(s spot, path string) (spot, bool) {
	for piece := range strings.SplitSeq(path, ".") {
		if s.open {
			return s, true
		}
		piece, elements := docpath.Cut(piece)
		piece, steps, mistake := cutSteps(piece)
		var next *mapper.Property
		switch {
		case s.prop == nil:
			m := s.entity.Meaning(piece)
			if m.Subtype != nil {
				s.entity, s.path = m.Subtype, joinPath(s.path, m.Subtype.Name)
				continue
			}
			if next = m.Property; m.Branch != nil {
				s.path = joinPath(s.path, m.Branch.Name)
			}
		case s.prop.Kind == mapper.Inline:
			next = s.prop.Sub(piece)
		}
		if next == nil || mistake != "" || steps != (Steps{}) && !Repeats(next) {
			return s, false
		}
		if s.prop != nil && next.Parent != nil && next.Parent != s.prop { // "pet.dog.canBark", which only dogs have
			s.path = s.path[:max(strings.LastIndexByte(s.path, '.'), 0)]
		}
		s.prop, s.path = next, joinPath(s.path, next.Name+steps.String())
		switch {
		case next.Kind.IsRelation():
			s.entity, s.prop = next.Relation.Target, nil
		case next.Kind != mapper.Inline && valueType(next.Type).Kind == mapper.JSON:
			s.open = c.allowed(s)
			elements = nil
		}
		if len(elements) > 0 {
			return s, false
		}
	}
	return s, true
}
