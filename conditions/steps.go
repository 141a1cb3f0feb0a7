package conditions

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// Steps says how often a relation of a type to itself is followed: "parent+" once or more
// often, "parent*" any number of times, "parent{1,3}" once to three times. The zero value is
// a relation that is followed once, as any other.
type Steps struct {
	// Min is 0, where the row the steps begin at counts as well, or 1.
	Min int
	// Max is the greatest number of steps, Unlimited for any.
	Max int
}

// Unlimited is the Max of [Steps] without an end.
const Unlimited = -1

// maxSteps is the greatest number of steps that can be written; a longer way has no end.
const maxSteps = 10_000

// String returns the steps as they stand behind a relation, "" for the zero value.
func (s Steps) String() string {
	switch s {
	case Steps{}:
		return ""
	case Steps{0, Unlimited}:
		return "*"
	case Steps{1, Unlimited}:
		return "+"
	}
	return fmt.Sprintf("{%d,%d}", s.Min, s.Max)
}

// cutSteps takes "parent+" apart. A piece that ends like one with steps and is none that can
// be read has text, which says what is wrong.
func cutSteps(piece string) (name string, steps Steps, mistake string) {
	at := strings.IndexAny(piece, "+*{")
	if at < 1 {
		return piece, Steps{}, ""
	}
	name = piece[:at]
	switch piece[at:] {
	case "+":
		return name, Steps{1, Unlimited}, ""
	case "*":
		return name, Steps{0, Unlimited}, ""
	}
	inner, closed := strings.CutSuffix(piece[at:], "}")
	least, most, _ := strings.Cut(strings.TrimPrefix(inner, "{"), ",")
	from, err := strconv.Atoi(least)
	to, wrong := strconv.Atoi(most)
	switch {
	case !closed || inner[0] != '{' || err != nil || wrong != nil:
		return name, Steps{}, "the steps of a relation are written +, * or {1,3}"
	case from != 0 && from != 1 || to < 1 || to > maxSteps:
		return name, Steps{}, "steps begin with 0 or 1, and end with 1 to " + strconv.Itoa(maxSteps)
	}
	return name, Steps{from, to}, ""
}

// ReachNode asks for a row that a relation of a type to itself leads to in several steps, each
// of which leads to a visible row: Not asks that there is none. Where is about the row that is
// reached and may be nil. A row that several ways lead to is reached once, so that rings end.
type ReachNode struct {
	// Relation is the relation, to-one or to-many, reached through Field.Hops. The type at one of
	// its ends is that at the other or a subtype of it; they are one where no step counts as well.
	Relation Field
	Steps    Steps
	Where    Node
	Not      bool
}

func (*ReachNode) node() {}

// String returns the relation with its steps.
func (n *ReachNode) String() string { return n.Relation.whole() + n.Steps.String() }

// normalReach folds the condition on what is reached: any row at all, or none.
func normalReach(n *ReachNode) Node {
	if n.Where == nil {
		return n
	}
	where := normalize(n.Where)
	switch {
	case IsTrue(where):
		where = nil
	case isFalse(where) && n.Not:
		return &Truth{Value: true, At: Field{Alias: n.Relation.Alias, Hops: n.Relation.Hops}}
	case isFalse(where):
		return where
	}
	return &ReachNode{n.Relation, n.Steps, where, n.Not}
}

// Repeats reports a relation that can be followed in steps: one of its ends is of the type of the other.
func Repeats(rel *mapper.Property) bool {
	if rel == nil || !rel.Kind.IsRelation() || rel.Relation.IsAny() {
		return false
	}
	e, target := rel.Entity, rel.Relation.Target
	return target == e || target.IsSubtypeOf(e) || e.IsSubtypeOf(target)
}

// stepped notes the steps behind the relation that the walk stands on.
func (w *walk) stepped(piece string, steps Steps, mistake string) error {
	w.steps = steps
	rel := w.prop
	switch {
	case mistake == "" && steps == Steps{}:
		return nil
	case mistake == "" && !Repeats(rel):
		mistake = "a relation that is followed in steps leads to its own type"
		if rel != nil && rel.Kind.IsRelation() && rel.Relation.IsAny() {
			if t := rel.Relation.Target.TargetFor(rel.Entity); t != nil {
				mistake += ": write \"" + rel.Path + "." + t.Entity.Name + steps.String() + "\""
			}
		}
	case mistake == "" && steps.Min == 0 && rel.Relation.Target != rel.Entity:
		mistake = "the row itself is none of the type " + rel.Relation.Target.Name + ", so that steps begin with 1"
	case mistake == "":
		return nil
	}
	return w.p.fail(joinPath(w.row.path, piece), Error{Class: ErrOperator, Got: mistake, Offset: w.offset, Length: len(piece)})
}

// reach decides for the rows that are reached, the nearest first.
func (ev *Evaluator) reach(n *ReachNode, row Row) (truth, error) {
	owner, err := ev.target(Field{Alias: n.Relation.Alias, Hops: n.Relation.Hops}, row)
	if owner == nil || err != nil {
		return isUnknown, err
	}
	itself, err := startsAt(n, owner)
	if err != nil {
		return isUnknown, err
	}
	if itself {
		if t, err := ev.eval(n.Where, owner); t == isYes || err != nil {
			return truthOf(!n.Not), err
		}
	}
	seen := map[any]bool{}
	at := []Row{owner}
	for step := 1; len(at) > 0 && (n.Steps.Max == Unlimited || step <= n.Steps.Max); step++ {
		var next []Row
		for _, from := range at {
			rows, err := oneStep(from, n.Relation.Property)
			if err != nil {
				return isUnknown, err
			}
			for _, r := range rows {
				id, err := identity(r)
				if err != nil {
					return isUnknown, err
				}
				if seen[id] {
					continue
				}
				seen[id] = true
				if t, err := ev.eval(n.Where, r); t == isYes || err != nil {
					return truthOf(!n.Not), err
				}
				next = append(next, r)
			}
		}
		at = next
	}
	return truthOf(n.Not), nil
}

// startsAt reports that the row itself counts: it is there, and of the type that has the relation.
func startsAt(n *ReachNode, owner Row) (bool, error) {
	if n.Steps.Min > 0 || owner == (absent{}) {
		return false, nil
	}
	if typed, ok := owner.(interface {
		Has(p *mapper.Property) (bool, error)
	}); ok {
		return typed.Has(n.Relation.Property)
	}
	return true, nil
}

// oneStep returns the rows that a relation leads to.
func oneStep(from Row, rel *mapper.Property) ([]Row, error) {
	if rel.Kind.IsToMany() {
		return from.Many(rel)
	}
	to, err := from.One(rel)
	if to == nil || err != nil {
		return nil, err
	}
	return []Row{to}, nil
}

// identity tells rows apart: by their key, entities that have none yet by themselves.
func identity(r Row) (any, error) {
	key, err := r.Key(nil)
	if err != nil || key == nil {
		return r, err
	}
	id, _ := equality(listOf(key))
	return id, nil
}

// listOf returns the parts of a key.
func listOf(key any) any {
	if t, composite := key.(mapper.Tuple); composite {
		return mapper.Parts(nil, t)
	}
	return key
}
