package populate

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// draft is a node while hints are added to it.
type draft struct {
	relation *mapper.Property
	path     string
	hint     Hint
	fields   []string
	lazy     []*mapper.Property
	children []*draft
	// inferred and restricted are what the find's condition, and Options.Where, ask
	// of the rows; nil for all.
	inferred, restricted conditions.Node
}

// parser builds the drafts of one find.
type parser struct {
	env  conditions.Env
	opts Options
	root draft
	// statement collects the values of the roots' statement; outer describes those in
	// it that conditions about the roots may use.
	statement statement
	outer     []conditions.SlotInfo
	usesOuter bool
}

// Parse makes the load tree of env.Entity. Hints for the same path add up; of two
// that set the same option the later one wins. The error is an *Error.
func Parse(env conditions.Env, opts Options, hints ...Hint) (*Tree, error) {
	p := &parser{env: env, opts: opts}
	for _, h := range hints {
		if err := p.hint(h); err != nil {
			return nil, err
		}
	}
	if err := p.fields(); err != nil {
		return nil, err
	}
	if !opts.NoEager {
		p.eager(&p.root, env.Entity, nil)
	}
	if err := p.restrict(); err != nil {
		return nil, err
	}
	p.level()
	t := &Tree{Entity: env.Entity}
	var err error
	if t.Nodes, err = p.nodes(&p.root, &p.statement); err != nil {
		return nil, err
	}
	t.Values, t.Slots, t.Lazy = p.statement.values, p.statement.slots, p.root.lazy
	if p.usesOuter {
		t.Outer = len(p.outer)
	}
	return t, nil
}

// restrict finds out what conditions about the roots ask of the rows to load.
func (p *parser) restrict() error {
	p.statement.next, p.outer = conditions.Slot(len(p.opts.Slots)), p.opts.Slots
	if f := p.opts.Filter; f != nil {
		restrict(&p.root, f.Root, func(d *draft, n conditions.Node) { d.inferred = n })
	}
	if p.opts.Where == nil || p.opts.Where == Infer {
		return nil
	}
	tree, err := p.statement.compile(p.env, p.opts.Where)
	if err != nil {
		return &Error{Class: ErrOption, Entity: p.env.Entity.Name, Path: "where", Err: err}
	}
	p.outer = append(slices.Clip(p.outer), tree.Slots...)
	used := false
	restrict(&p.root, tree.Root, func(d *draft, n conditions.Node) { d.restricted, used = n, true })
	if !used && !conditions.IsTrue(tree.Root) {
		return p.fail(ErrOption, "where", "the condition on what is loaded speaks of no to-many relation that is populated")
	}
	return nil
}

// hint adds the nodes of one hint.
func (p *parser) hint(h Hint) error {
	if h.Path == "$infer" {
		if p.opts.Filter != nil {
			p.infer(&p.root, p.opts.Filter.Root)
		}
		return p.noOptions(h)
	}
	at, e := &p.root, p.env.Entity
	for rest, more := h.Path, true; more; {
		var piece string
		piece, rest, more = strings.Cut(rest, ".")
		if piece == "*" && !more {
			at.addAll(e)
			return p.noOptions(h)
		}
		m := e.Meaning(piece)
		rel := m.Property
		if lazy := lazyLeaf(rel, rest); lazy != nil {
			if m.Branch != nil {
				at = at.child(m.Branch)
			}
			at.lazy = appendNew(at.lazy, lazy)
			return p.noOptions(h)
		}
		for rel != nil && rel.Kind == mapper.Inline && more {
			if rest == "*" {
				for _, inner := range within(e, rel) {
					at.child(inner)
				}
				return p.noOptions(h)
			}
			around := rel
			piece, rest, more = strings.Cut(rest, ".")
			if rel = around.Sub(piece); rel == nil {
				return p.unknownIn(h.Path, piece, e, around)
			}
		}
		switch {
		case m.Subtype != nil && more:
			e = m.Subtype
		case m.Several != nil:
			return p.ambiguous(h.Path, piece, m)
		case rel == nil || !rel.Kind.IsRelation():
			return p.unknown(h.Path, piece, e, rel)
		case rel.Relation.IsAny() && !more:
			at.add(rel)
			return p.noOptions(h)
		case rel.Relation.IsAny(): // what follows says which target is meant
			e = rel.Relation.Target
		default:
			if m.Branch != nil {
				at = at.child(m.Branch)
			}
			at, e = at.child(rel), rel.Relation.Target
		}
	}
	return p.options(at, h)
}

// lazyLeaf returns the lazy leaf at the end of a path that begins with p, nil when
// the path leads to something else.
func lazyLeaf(p *mapper.Property, rest string) *mapper.Property {
	for p != nil && p.Kind == mapper.Inline && rest != "" {
		var piece string
		piece, rest, _ = strings.Cut(rest, ".")
		p = p.Sub(piece)
	}
	if p == nil || !p.Lazy || p.Kind.IsRelation() || rest != "" {
		return nil
	}
	return p
}

func appendNew(list []*mapper.Property, p *mapper.Property) []*mapper.Property {
	if slices.Contains(list, p) {
		return list
	}
	return append(list, p)
}

// ambiguous reports a name that several subtypes have given to a property.
func (p *parser) ambiguous(path, piece string, m mapper.Meaning) error {
	above, _ := strings.CutSuffix(path[:strings.Index("."+path+".", "."+piece+".")], ".")
	found, remedy := m.Ambiguity(above)
	return &Error{Class: conditions.ErrAmbiguous, Entity: p.env.Entity.Name, Path: path, Piece: piece, Got: "ambiguous: " + found + "; " + remedy}
}

func (p *parser) unknown(path, piece string, e *mapper.Entity, found *mapper.Property) error {
	err := &Error{Class: ErrUnknownPath, Entity: p.env.Entity.Name, Path: path, Piece: piece}
	if found != nil {
		err.Got = "unknown relation: " + found.String() + " is no relation, nor lazy"
		return err
	}
	names := branchNames(e)
	for _, rel := range relations(e) {
		if rel.Parent != nil && rel.Name == piece {
			err.Hint = rel.Path
			return err
		}
		names = append(names, rel.Path)
	}
	err.Hint = nearest(piece, names)
	return err
}

// branchNames are the names of the entities that e stands for.
func branchNames(e *mapper.Entity) []string {
	if e.Targets == nil {
		return nil
	}
	return e.PropertyNames()
}

// unknownIn reports a name that nothing has inside an embedded value.
func (p *parser) unknownIn(path, piece string, e *mapper.Entity, around *mapper.Property) error {
	err := &Error{Class: ErrUnknownPath, Entity: p.env.Entity.Name, Path: path, Piece: piece}
	var names []string
	for _, rel := range within(e, around) {
		names = append(names, strings.TrimPrefix(rel.Path, around.Path+"."))
	}
	err.Hint = nearest(piece, names)
	return err
}

// within are the relations inside an embedded value of e.
func within(e *mapper.Entity, around *mapper.Property) []*mapper.Property {
	return slices.DeleteFunc(relations(e), func(rel *mapper.Property) bool {
		for p := rel.Parent; p != nil; p = p.Parent {
			if p == around {
				return false
			}
		}
		return true
	})
}

// Through splits a path of e behind its first relation, which may lie inside embedded
// values: typed are the types named before it ("Dog."), rest is what follows. rel is nil
// when nothing does, or there is no relation.
func Through(e *mapper.Entity, path string) (rel *mapper.Property, typed, rest string) {
	for {
		piece, after, more := strings.Cut(path, ".")
		m := e.Meaning(piece)
		if m.Subtype != nil && more {
			e, path, typed = m.Subtype, after, typed+piece+"."
			continue
		}
		p := m.Property
		for p != nil && p.Kind == mapper.Inline && more {
			piece, after, more = strings.Cut(after, ".")
			p = p.Sub(piece)
		}
		if !more || p == nil || !p.Kind.IsRelation() {
			return nil, typed, path
		}
		return p, typed, after
	}
}

func (p *parser) fail(class error, path, got string) error {
	return &Error{Class: class, Entity: p.env.Entity.Name, Path: path, Got: got}
}

// noOptions refuses options on hints that name no single relation.
func (p *parser) noOptions(h Hint) error {
	if h.Where != nil || h.OrderBy != nil || h.Limit != 0 || h.Offset != 0 || h.Strategy != "" || h.Fields != nil {
		return p.fail(ErrOption, h.Path, "options need a path that names one relation")
	}
	return nil
}

// options merges the options of a hint into a draft.
func (p *parser) options(d *draft, h Hint) error {
	switch {
	case h.Limit < 0 || h.Offset < 0:
		return p.fail(ErrOption, h.Path, "limit and offset cannot be negative")
	case d.relation.Kind.IsToOne() && (h.Limit > 0 || h.Offset > 0 || h.OrderBy != nil):
		return p.fail(ErrOption, h.Path, "a to-one relation has no order, limit or offset")
	case h.Strategy != "" && !slices.Contains(Strategies, h.Strategy):
		return &Error{Class: ErrStrategy, Entity: p.env.Entity.Name, Path: h.Path, Got: "unknown strategy \"" + h.Strategy + "\"",
			Hint: nearest(h.Strategy, Strategies)}
	}
	if h.Where != nil {
		d.hint.Where = h.Where
	}
	if h.OrderBy != nil {
		d.hint.OrderBy = h.OrderBy
	}
	if h.Limit > 0 {
		d.hint.Limit = h.Limit
	}
	if h.Offset > 0 {
		d.hint.Offset = h.Offset
	}
	if h.Strategy != "" {
		d.hint.Strategy = h.Strategy
	}
	d.fields = append(d.fields, h.Fields...)
	return nil
}

// child returns the draft for a relation below d, making it if needed.
func (d *draft) child(rel *mapper.Property) *draft {
	for _, c := range d.children {
		if c.relation == rel {
			return c
		}
	}
	path := rel.Path
	if first, _, _ := strings.Cut(rel.Path, "."); rel.Entity.Base != nil && rel.Entity.Root().Meaning(first).Several != nil {
		path = rel.Entity.Name + "." + path
	}
	if d.path != "" {
		path = d.path + "." + path
	}
	c := &draft{relation: rel, path: path}
	d.children = append(d.children, c)
	return c
}

// add makes the drafts for a relation below d: of a polymorphic reference one for each target.
func (d *draft) add(rel *mapper.Property) {
	if !rel.Relation.IsAny() {
		d.child(rel)
		return
	}
	for _, t := range rel.Relation.Target.Targets {
		d.child(t.Branch)
	}
}

// addAll makes the drafts for all relations of e, or of those that it stands for.
func (d *draft) addAll(e *mapper.Entity) {
	for _, t := range e.Targets {
		d.child(t.Branch).addAll(t.Entity)
	}
	for _, rel := range relations(e) {
		d.add(rel)
	}
}

// fields adds the paths of Options.Fields to drafts that exist.
func (p *parser) fields() error {
	for _, path := range p.opts.Fields {
		at, e := &p.root, p.env.Entity
		for {
			rel, typed, rest := Through(e, path)
			if rel == nil {
				path = typed + rest
				if m := e.Meaning(path); m.Branch != nil {
					at = at.child(m.Branch)
				} else if e.Targets != nil {
					return p.field(e, path, m)
				}
				break
			}
			if e, path = rel.Relation.Target, rest; !rel.Relation.IsAny() {
				at = at.child(rel)
			}
		}
		if at != &p.root {
			at.fields = append(at.fields, path)
		}
	}
	return nil
}

// field reports a path that names nothing that a single target of a polymorphic reference has.
func (p *parser) field(e *mapper.Entity, path string, m mapper.Meaning) error {
	if m.Several != nil {
		found, remedy := m.Ambiguity("")
		return &Error{Class: conditions.ErrAmbiguous, Entity: p.env.Entity.Name, Path: path, Piece: path, Got: "ambiguous: " + found + "; " + remedy + " behind the reference"}
	}
	return &Error{Class: conditions.ErrUnknownProperty, Entity: p.env.Entity.Name, Path: path, Piece: path, Got: "unknown property", Hint: nearest(path, branchNames(e))}
}

// infer adds the relations that a condition walks through.
func (p *parser) infer(d *draft, n conditions.Node) {
	conditions.Walk(n, func(f conditions.Field, where conditions.Node) {
		if f.Alias != "" {
			return
		}
		at := d
		for _, hop := range f.Hops {
			at = at.child(hop)
		}
		if f.Property != nil && f.Property.Kind.IsToMany() {
			p.infer(at.child(f.Property), where)
		}
	})
}
