package mongo

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/qb"
)

// revision collects the operators that make one stored value another, so that what
// others have changed beside it meanwhile stays. An operator is used only where it is
// exact: applied to the value that was read it gives the value that is wanted, and
// sending it again changes nothing more.
type revision struct {
	set, unset, push, pull bson.D
	// pinned reports that the filter compares a version: the stored value is the one that
	// was read, and elements of lists stand where they stood.
	pinned bool
	// once reports that the update takes effect once at most, as in a transaction.
	once bool
	// inside reports that something is written inside of a field.
	inside bool
}

// fields collects what an update of fields writes.
func (r *revision) fields(fields []field, row []any) error {
	plain := make([]field, 0, len(fields))
	for i := range fields {
		f := &fields[i]
		v, revised := row[f.at[0]].(qb.Revision)
		if !revised {
			plain = append(plain, *f)
			continue
		}
		if err := r.field(f, v); err != nil {
			return err
		}
	}
	set, unset, err := encodeStored(plain, row)
	r.set, r.unset = append(set, r.set...), append(unset, r.unset...)
	return err
}

// field revises the value of a field. It is written whole where nothing tells the
// difference, and where what was there has no stored form.
func (r *revision) field(f *field, v qb.Revision) error {
	to, err := encodeColumn(f.columns[0], v.To)
	if err != nil {
		return err
	}
	from, err := encodeColumn(f.columns[0], v.From)
	if err != nil || equal(from, to) {
		r.whole(f.path, to)
		return nil
	}
	before := len(r.set)
	r.value(f.path, from, to)
	r.inside = r.inside || len(r.set) == before || r.set[before].Key != f.path
	return nil
}

// update returns the operators.
func (r *revision) update() bson.D {
	var update bson.D
	for _, o := range []bson.E{{Key: "$set", Value: r.set}, {Key: "$unset", Value: r.unset}, {Key: "$push", Value: r.push}, {Key: "$pullAll", Value: r.pull}} {
		if fields := o.Value.(bson.D); len(fields) > 0 {
			update = append(update, o)
		}
	}
	return update
}

func (r *revision) whole(path string, to any) {
	r.set = append(r.set, bson.E{Key: path, Value: to})
}

// value revises the value at a path. A parent that is null, missing or of another kind
// has no inside to write to: it is written whole.
func (r *revision) value(path string, from, to any) {
	switch to := to.(type) {
	case bson.D:
		if before, ok := from.(bson.D); ok && r.object(path, before, to) {
			return
		}
	case bson.A:
		if before, ok := from.(bson.A); ok && r.list(path, before, to) {
			return
		}
	}
	r.whole(path, to)
}

// object revises a document member by member, unless a path cannot spell one of them or
// members have changed places. New members come last.
func (r *revision) object(path string, from, to bson.D) bool {
	before, after := places(from), places(to)
	if len(before) < len(from) || len(after) < len(to) {
		return false // a key stands there twice
	}
	last := -1
	for _, e := range to {
		at, there := before[e.Key]
		changes := !there || !equal(from[at].Value, e.Value)
		if there && at < last || changes && !spelled(e.Key) {
			return false
		}
		if there {
			last = at
		}
	}
	for _, e := range from {
		if _, stays := after[e.Key]; !stays && !spelled(e.Key) {
			return false
		}
	}
	for _, e := range from {
		if _, stays := after[e.Key]; !stays {
			r.unset = append(r.unset, bson.E{Key: path + "." + e.Key, Value: ""})
		}
	}
	for _, e := range to {
		at, there := before[e.Key]
		switch {
		case !there:
			r.whole(path+"."+e.Key, e.Value)
		case !equal(from[at].Value, e.Value):
			r.value(path+"."+e.Key, from[at].Value, e.Value)
		}
	}
	return true
}

// places returns where the members of a document stand.
func places(d bson.D) map[string]int {
	at := make(map[string]int, len(d))
	for i := range d {
		at[d[i].Key] = i
	}
	return at
}

// spelled reports a key that a path can name.
func spelled(key string) bool {
	return key != "" && !strings.HasPrefix(key, "$") && !strings.Contains(key, ".")
}

// list revises a list, unless only writing it whole is exact.
func (r *revision) list(path string, from, to bson.A) bool {
	kept := 0
	for kept < len(from) && kept < len(to) && equal(from[kept], to[kept]) {
		kept++
	}
	switch {
	case kept == len(from) && kept == len(to):
		return true
	case kept == len(from) && r.once:
		r.push = append(r.push, bson.E{Key: path, Value: op("$each", to[kept:])})
		return true
	case r.pinned && len(to) >= len(from) && changed(from, to) < len(to):
		for i := range to {
			at := path + "." + strconv.Itoa(i)
			switch {
			case i >= len(from):
				r.whole(at, to[i])
			case !equal(from[i], to[i]):
				r.value(at, from[i], to[i])
			}
		}
		return true
	}
	if gone := removed(from, to); gone != nil {
		r.pull = append(r.pull, bson.E{Key: path, Value: gone})
		return true
	}
	return false
}

// changed counts the elements of to that are not where they were.
func changed(from, to bson.A) (n int) {
	for i := range to {
		if i >= len(from) || !equal(from[i], to[i]) {
			n++
		}
	}
	return n
}

// removed returns the values whose removal from a list leaves to, nil when there are
// none. They must be of kinds that the server compares as equal does: not numbers that
// may be equal and of different types, and not documents, whose stored members may
// stand in another order.
func removed(from, to bson.A) bson.A {
	if len(to) == 0 || len(to) >= len(from) {
		return nil
	}
	var gone bson.A
	for _, v := range from {
		switch v.(type) {
		case string, bool, bson.ObjectID, bson.Binary, bson.DateTime:
		default:
			return nil
		}
		if !has(to, v) && !has(gone, v) {
			gone = append(gone, v)
		}
	}
	left := slices.DeleteFunc(slices.Clone(from), func(v any) bool { return has(gone, v) })
	if !equal(left, to) {
		return nil
	}
	return gone
}

func has(list bson.A, v any) bool {
	return slices.ContainsFunc(list, func(other any) bool { return equal(other, v) })
}

// equal compares two encoded values, types and the order of members included.
func equal(a, b any) bool {
	switch a := a.(type) {
	case bson.D:
		b, ok := b.(bson.D)
		return ok && slices.EqualFunc(a, b, func(x, y bson.E) bool { return x.Key == y.Key && equal(x.Value, y.Value) })
	case bson.A:
		b, ok := b.(bson.A)
		return ok && slices.EqualFunc(a, b, equal)
	case bson.Binary:
		b, ok := b.(bson.Binary)
		return ok && a.Subtype == b.Subtype && bytes.Equal(a.Data, b.Data)
	}
	switch b.(type) {
	case bson.D, bson.A, bson.Binary:
		return false
	}
	return a == b
}
