package mongo

import (
	"cmp"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// compileLinks compiles changes of a many-to-many relation, written in terms of
// its pivot's columns, to changes of the key arrays of the owners.
func compileLinks(w *qb.Write) (*Command, error) {
	owner := owning(w.Pivot)
	if err := checkEntity(owner.Entity); err != nil {
		return nil, err
	}
	path, err := arrayField(owner)
	if err != nil {
		return nil, err
	}
	if w.Where != nil || w.All {
		return nil, unsupported(owner, "bulk change", "links are changed by key")
	}
	pivot := owner.Relation.Pivot
	l := &links{
		of: owner, array: path, kind: w.Kind, ordered: owner.Relation.Ordered, unsure: w.Conflict != nil,
		ownerKey: owner.Entity.KeyColumns, targetKey: owner.Relation.Target.KeyColumns,
	}
	columns := append(append([]*mapper.Column(nil), w.Set...), w.Match...)
	for _, c := range pivot.Owner {
		l.owner = append(l.owner, position(columns, c))
	}
	for _, c := range pivot.Target {
		l.target = append(l.target, position(columns, c))
	}
	l.order = -1
	if pivot.Order != nil {
		l.order = position(columns, pivot.Order)
	}
	l.anyOwner, l.anyTarget = slices.Contains(l.owner, -1), slices.Contains(l.target, -1)
	if w.Kind != qb.Delete && (l.anyOwner || l.anyTarget) || l.anyOwner && l.anyTarget {
		return nil, unsupported(owner, "link", "links are changed by owner and target")
	}
	return &Command{Kind: Rows, Collection: Collection(owner.Entity), rows: l}, nil
}

// links turns rows of pivot columns into changes of key arrays.
type links struct {
	of                  *mapper.Property
	array               string
	kind                qb.WriteKind
	ordered             bool
	unsure              bool // a key that is there already stays where it is
	ownerKey, targetKey []*mapper.Column
	owner, target       []int // positions in a row
	order               int   // -1 when absent
	anyOwner, anyTarget bool
}

// bunch is the links of one owner, which change together.
type bunch struct {
	rows    []int
	owner   any
	targets []placed
}

// placed is one link: the target's key and its place in the array.
type placed struct {
	key   any
	place int64
}

func (l *links) models(rows [][]any, _ bool) ([]Model, error) {
	if l.anyOwner {
		return l.pullEverywhere(rows)
	}
	bunches, err := l.bunches(rows)
	if err != nil {
		return nil, err
	}
	var out []Model
	for _, b := range bunches {
		switch {
		case l.anyTarget:
			out = append(out, b.change(op("$set", is(l.array, bson.A{}))))
		case l.kind == qb.Delete:
			out = append(out, l.pull(b))
		case l.kind == qb.Update:
			out = append(append(out, l.pull(b)), l.push(b)...)
		case l.ordered && l.order >= 0:
			out = append(out, l.push(b)...)
		default:
			out = append(out, b.change(op("$addToSet", is(l.array, op("$each", l.stored(b.keys()...))))))
		}
	}
	return out, nil
}

// bunches groups rows by owner, in order of first appearance.
func (l *links) bunches(rows [][]any) ([]*bunch, error) {
	var out []*bunch
	at := map[any]*bunch{}
	for i, row := range rows {
		owner := mapper.NewTuple(pick(row, l.owner))
		b := at[owner]
		if b == nil {
			key, err := encodeKey(l.ownerKey, owner)
			if err != nil {
				return nil, err
			}
			b = &bunch{owner: key}
			at[owner], out = b, append(out, b)
		}
		b.rows = append(b.rows, i)
		if l.anyTarget {
			continue
		}
		key, err := encodeKey(l.targetKey, pick(row, l.target))
		if err != nil {
			return nil, err
		}
		item := placed{key: key}
		if l.order >= 0 {
			if item.place, err = whole(row[l.order]); err != nil {
				return nil, err
			}
		}
		b.targets = append(b.targets, item)
	}
	return out, nil
}

func pick(row []any, at []int) []any {
	out := make([]any, len(at))
	for i, j := range at {
		out[i] = row[j]
	}
	return out
}

func (b *bunch) keys() bson.A {
	out := make(bson.A, len(b.targets))
	for i, t := range b.targets {
		out[i] = t.key
	}
	return out
}

func (b *bunch) change(update bson.D) Model {
	return Model{Action: UpdateOne, Row: b.rows[0], Rows: b.rows, Filter: is(keyField, b.owner), Update: update}
}

// stored are the elements that hold keys.
func (l *links) stored(keys ...any) bson.A {
	out := make(bson.A, len(keys))
	for i, key := range keys {
		out[i] = reference(l.of, key)
	}
	return out
}

func (l *links) pull(b *bunch) Model { return b.change(l.without(b.keys())) }

// without removes keys. $pullAll compares whole values, which $pull does not with
// sub-documents; of DBRefs the key is compared, whatever stands beside it.
func (l *links) without(keys bson.A) bson.D {
	if isDBRef(l.of) {
		return op("$pull", is(l.array, is(idField, op("$in", keys))))
	}
	return op("$pullAll", is(l.array, keys))
}

// push puts keys at their places, from the front, so that each place is right when its turn comes.
func (l *links) push(b *bunch) []Model {
	sorted := slices.Clone(b.targets)
	slices.SortStableFunc(sorted, func(a, b placed) int { return cmp.Compare(a.place, b.place) })
	out := make([]Model, len(sorted))
	for i, t := range sorted {
		each := bson.D{{Key: "$each", Value: l.stored(t.key)}, {Key: "$position", Value: t.place}}
		out[i] = b.change(op("$push", is(l.array, each)))
		if l.unsure {
			out[i].Filter = append(out[i].Filter, bson.E{Key: idPath(l.of, l.array), Value: op("$ne", t.key)})
		}
	}
	return out
}

// pullEverywhere removes targets from the arrays of all owners.
func (l *links) pullEverywhere(rows [][]any) ([]Model, error) {
	keys, all := make(bson.A, len(rows)), make([]int, len(rows))
	for i, row := range rows {
		all[i] = i
		key, err := encodeKey(l.targetKey, pick(row, l.target))
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	return []Model{{
		Action: UpdateEach, Rows: all, Filter: is(idPath(l.of, l.array), op("$in", keys)), Update: l.without(keys),
	}}, nil
}
