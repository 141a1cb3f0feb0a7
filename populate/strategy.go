package populate

import (
	"math"
	"slices"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// statement collects the values of the conditions that end up in one query.
type statement struct {
	next   conditions.Slot
	values []any
	slots  []conditions.SlotInfo
}

// compile parses a condition into the slots that follow those taken.
func (st *statement) compile(env conditions.Env, cond any) (*conditions.Tree, error) {
	tree, values, err := conditions.Compile(env, cond, st.next)
	if err != nil {
		return nil, err
	}
	st.next += conditions.Slot(len(values))
	st.values, st.slots = append(st.values, values...), append(st.slots, tree.Slots...)
	return tree, nil
}

// nodes turns the children of a draft into nodes; st is the query that loads d.
func (p *parser) nodes(d *draft, st *statement) ([]*Node, error) {
	var out []*Node
	for _, c := range d.children {
		n, err := p.node(c, st)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

func (p *parser) node(d *draft, st *statement) (*Node, error) {
	strategy, err := p.strategy(d)
	if err != nil {
		return nil, err
	}
	n := &Node{Relation: d.relation, Path: d.path, Strategy: strategy, Lazy: d.lazy, OrderBy: d.hint.OrderBy, Limit: -1, Offset: -1}
	if d.hint.Offset > math.MaxInt64-d.hint.Limit {
		return nil, p.fail(ErrOption, d.path, "limit and offset together are beyond what can be counted")
	}
	if d.hint.Limit > 0 {
		n.Limit = d.hint.Limit
	}
	if d.hint.Offset > 0 {
		n.Offset = d.hint.Offset
	}
	if strategy == SelectIn {
		if p.needsOuter(d) {
			n.Outer, p.usesOuter = p.outer, true
		}
		st = &statement{next: conditions.Slot(len(n.Outer)) + ViaSlots}
	}
	if n.Fields, err = p.leaves(d, strategy); err != nil {
		return nil, err
	}
	if n.Where, err = p.where(d, st); err != nil {
		return nil, err
	}
	if n.Children, err = p.nodes(d, st); err != nil {
		return nil, err
	}
	if strategy == SelectIn {
		n.Values, n.Slots = st.values, st.slots
	}
	return n, nil
}

// strategy decides how a node is loaded. What only select-in can do (a limit per
// parent, to-many on an engine that joins to-one only) overrules a general wish,
// but not one for this very node.
func (p *parser) strategy(d *draft) (Strategy, error) {
	rule := d.hint.Strategy
	if rule == "" {
		rule = p.opts.Strategy
	}
	if rule == "" {
		rule = d.relation.Relation.Strategy
	}
	limited := d.hint.Limit > 0 || d.hint.Offset > 0
	if d.relation.Relation.Of != nil { // one of several targets, of which a row has one
		if d.hint.Strategy == "joined" || d.hint.Strategy == "balanced" {
			return 0, p.fail(ErrStrategy, d.path, "the targets of a polymorphic reference are loaded by the strategy select-in")
		}
		return SelectIn, nil
	}
	if rule == "auto" && p.opts.Few {
		rule = "balanced"
	}
	switch rule {
	case "", "select-in", "auto":
		return SelectIn, nil
	case "balanced":
		if d.relation.Kind.IsToOne() {
			return Joined, nil
		}
		return SelectIn, nil
	case "joined":
		if limited && d.hint.Strategy == "joined" {
			return 0, p.fail(ErrStrategy, d.path, "a limit per parent needs the strategy select-in")
		}
		if limited || p.opts.JoinToOneOnly && d.relation.Kind.IsToMany() {
			return SelectIn, nil
		}
		return Joined, nil
	}
	return 0, &Error{Class: ErrStrategy, Entity: p.env.Entity.Name, Path: d.path, Got: "unknown strategy \"" + rule + "\"",
		Hint: nearest(rule, Strategies)}
}

// where compiles the condition of a node into the slots of its query.
func (p *parser) where(d *draft, st *statement) (*conditions.Tree, error) {
	if n := p.inherited(d); n != nil {
		return &conditions.Tree{Entity: d.relation.Relation.Target, Root: n}, nil
	}
	if d.hint.Where == nil || d.hint.Where == Infer {
		return nil, nil
	}
	env := conditions.Env{Registry: p.env.Registry, Entity: d.relation.Relation.Target}
	tree, err := st.compile(env, d.hint.Where)
	if err != nil {
		return nil, &Error{Class: ErrOption, Entity: p.env.Entity.Name, Path: d.path, Err: err}
	}
	if conditions.IsTrue(tree.Root) {
		return nil, nil
	}
	return tree, nil
}

// inherited is the condition that a draft has from one about the roots; nil for none.
func (p *parser) inherited(d *draft) conditions.Node {
	switch {
	case d.hint.Where == Infer || d.hint.Where == nil && p.opts.Where == Infer:
		return d.inferred
	case d.hint.Where == nil:
		return d.restricted
	}
	return nil
}

// needsOuter reports that the query of a select-in draft holds a condition of the
// roots: its own, or that of a draft joined to it.
func (p *parser) needsOuter(d *draft) bool {
	if p.inherited(d) != nil {
		return true
	}
	return slices.ContainsFunc(d.children, func(c *draft) bool {
		strategy, err := p.strategy(c)
		return err == nil && strategy == Joined && p.needsOuter(c)
	})
}

// leaves lists what is read of a node's target; nil is all that is not lazy.
func (p *parser) leaves(d *draft, strategy Strategy) ([]*mapper.Property, error) {
	target := d.relation.Relation.Target
	if len(d.fields) == 0 && len(d.lazy) == 0 && strategy == SelectIn && !d.populatesLazy() {
		return nil, nil
	}
	asked := map[*mapper.Property]bool{}
	for _, leaf := range d.lazy {
		asked[leaf] = true
	}
	for _, path := range d.fields {
		if err := p.ask(asked, d, path); err != nil {
			return nil, err
		}
	}
	for _, leaf := range target.HierarchyLeaves() {
		needed := leaf.Primary || leaf == target.Version || target.TellsType(leaf) || leaf.Kind.IsToOne() && (leaf.Relation.Owning || d.populates(leaf))
		ordinary := len(d.fields) == 0 && !leaf.Lazy
		asked[leaf] = !leaf.Kind.IsToMany() && !leaf.Virtual && (needed || ordinary || asked[leaf])
	}
	target.ReadAlong(asked)
	var out []*mapper.Property
	for _, leaf := range target.HierarchyLeaves() {
		if asked[leaf] {
			out = append(out, leaf)
		}
	}
	return out, nil
}

// populatesLazy reports a relation below that an ordinary read leaves out.
func (d *draft) populatesLazy() bool {
	return slices.ContainsFunc(d.children, func(c *draft) bool { return c.relation.Lazy && c.relation.Kind.IsToOne() })
}

func (d *draft) populates(leaf *mapper.Property) bool {
	return slices.ContainsFunc(d.children, func(c *draft) bool { return c.relation == leaf })
}

// ask marks the leaves that a field path names, all of an embedded value for its own name.
func (p *parser) ask(asked map[*mapper.Property]bool, d *draft, path string) error {
	e := d.relation.Relation.Target
	var at *mapper.Property
	for piece := range strings.SplitSeq(path, ".") {
		var next *mapper.Property
		var names []string
		if at != nil {
			next, names = at.Sub(piece), at.SubNames()
		} else {
			m := e.Meaning(piece)
			if m.Several != nil {
				return p.ambiguous(d.path+"."+path, piece, m)
			}
			if m.Subtype != nil {
				e = m.Subtype
				continue
			}
			next, names = m.Property, e.Names()
		}
		if next == nil {
			return &Error{Class: conditions.ErrUnknownProperty, Entity: p.env.Entity.Name, Path: d.path + "." + path, Piece: piece,
				Got: "unknown property", Hint: nearest(piece, names)}
		}
		at = next
	}
	if at == nil {
		return p.fail(conditions.ErrUnknownProperty, d.path+"."+path, "unknown property: "+e.Name+" is a type; name a property of it")
	}
	mark(asked, at)
	return nil
}

func mark(asked map[*mapper.Property]bool, p *mapper.Property) {
	asked[p] = true
	if p.Kind == mapper.Inline {
		for _, inner := range p.Embedded {
			mark(asked, inner)
		}
	}
}
