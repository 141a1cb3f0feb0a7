package load

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb/find"
)

// family holds what was read of one relation for many owners, by the number of the owner.
type family struct {
	flat  []*managed // the targets of the first owner, then of the second, ...
	start []int32    // where those of an owner begin; one more than there are owners
	// places are the stored places of the targets of an ordered relation; nil where they were
	// not read, or a filter may have hidden others.
	places []int32
	// once is about how many targets there are, each counted once.
	once int
}

// placesOf returns the stored places of the targets of the i-th owner, nil when they are not known.
func (f *family) placesOf(i int) []int32 {
	if f == nil || f.places == nil {
		return nil
	}
	return f.places[f.start[i]:f.start[i+1]:f.start[i+1]]
}

// of returns the targets of the i-th owner in the order they were read.
func (f *family) of(i int) []*managed {
	if f == nil || f.start == nil {
		return nil
	}
	return f.flat[f.start[i]:f.start[i+1]:f.start[i+1]]
}

// arrange makes the family of n owners from targets in the order they were read; owner
// says whose each one is, and is negative for nobody's. places may be nil. Targets that stand
// in the order of their owners are taken over as they are.
func arrange(n int, owner []int32, targets []*managed, places []int32) *family {
	f := &family{start: make([]int32, n+1)}
	before, sorted := int32(0), true
	for _, i := range owner {
		if i >= 0 {
			f.start[i+1]++
		}
		sorted, before = sorted && i >= before, i
	}
	for i := range n {
		f.start[i+1] += f.start[i]
	}
	if sorted {
		f.flat, f.places = targets, places
		return f
	}
	f.flat = make([]*managed, f.start[n])
	if places != nil {
		f.places = make([]int32, f.start[n])
	}
	next := append(make([]int32, 0, n), f.start[:n]...)
	for k, i := range owner {
		if i >= 0 {
			f.flat[next[i]] = targets[k]
			if places != nil {
				f.places[next[i]] = places[k]
			}
			next[i]++
		}
	}
	return f
}

// distinct takes repeats out of every owner's targets: what was joined to a target
// repeats its row.
func (f *family) distinct(u *unit.Unit) {
	n := int32(0)
	for i := range len(f.start) - 1 {
		list := f.flat[f.start[i]:f.start[i+1]]
		from := int(f.start[i])
		f.start[i] = n
		marking := u.Mark()
		for k, m := range list {
			if marking.First(m) {
				f.flat[n] = m
				if f.places != nil {
					f.places[n] = f.places[from+k]
				}
				n++
			}
		}
	}
	f.start[len(f.start)-1] = n
	f.flat = f.flat[:n]
}

// sort puts the targets of every owner into the order of their keys, which are integers.
func (f *family) sort() {
	for i := range len(f.start) - 1 {
		if list := f.of(i); !slices.IsSortedFunc(list, byIntKey) {
			slices.SortFunc(list, byIntKey)
		}
	}
}

func byIntKey(a, b *managed) int {
	x, _ := a.Key.(int64)
	y, _ := b.Key.(int64)
	return cmp.Compare(x, y)
}

// numbers finds owners by their keys.
type numbers struct {
	// near has the owners whose keys are integers that lie close to each other: the number of
	// the one with the key least+i, counted from 1, stands at i, and 0 is nobody. ints has them
	// where keys lie apart.
	near   []int32
	least  int64
	ints   map[int64]int32
	others map[any]int32
	// key and at are what was found last: the rows of an owner mostly follow each other.
	key int64
	at  int32
}

// spread is how many integers there may be for each key that has a place in numbers.near.
const spread = 4

// numbersOf numbers owners as they stand in a list; of several with one key the first counts.
func numbersOf(owners []*managed) *numbers {
	n := &numbers{at: -1}
	n.span(owners)
	for i := len(owners) - 1; i >= 0; i-- {
		key, ok := owners[i].Key.(int64)
		switch {
		case !ok:
			if n.others == nil {
				n.others = make(map[any]int32, len(owners))
			}
			n.others[owners[i].Key] = int32(i)
		case n.near != nil:
			n.near[key-n.least] = int32(i) + 1
		default:
			if n.ints == nil {
				n.ints = make(map[int64]int32, len(owners))
			}
			n.ints[key] = int32(i)
		}
	}
	return n
}

// span makes near where the integers among the keys of owners lie close to each other.
func (n *numbers) span(owners []*managed) {
	least, most, ints := int64(0), int64(0), 0
	for _, m := range owners {
		if key, ok := m.Key.(int64); ok {
			if ints++; ints == 1 {
				least, most = key, key
			}
			least, most = min(least, key), max(most, key)
		}
	}
	if wide := uint64(most) - uint64(least); ints > 0 && wide < uint64(spread*ints) {
		n.least, n.near = least, make([]int32, wide+1)
	}
}

// of returns the number of the owner whose key was scanned last, -1 for none.
func (n *numbers) of(row *mapper.KeyRow) int32 {
	if key, ok := row.Int(); ok {
		if n.at < 0 || n.key != key {
			n.key, n.at = key, n.ofInt(key)
		}
		return n.at
	}
	if key := row.Key(); key != nil {
		if i, found := n.others[key]; found {
			return i
		}
		if key, ok := key.(int64); ok {
			return n.ofInt(key)
		}
	}
	return -1
}

// ofInt returns the number of the owner with a key, -1 for none.
func (n *numbers) ofInt(key int64) int32 {
	if n.near != nil {
		if i := uint64(key) - uint64(n.least); i < uint64(len(n.near)) {
			return n.near[i] - 1
		}
		return -1
	}
	if i, found := n.ints[key]; found {
		return i
	}
	return -1
}

// grouped reads the rows of a relation, which begin with their owner's key.
func (l *Loader) grouped(rows driver.Rows, st *statement, owners []*managed, p *mapper.Property, o *Options) (*family, *reader, error) {
	defer rows.Close() // also after a panic in user code
	l.unit.BeginRows()
	defer l.unit.EndRows()
	rd := newReader(l, st, o)
	rd.expect(st.expected())
	if rd.owner == nil {
		rd.owner = mapper.NewKeyRow(p.Entity)
	}
	places, told := newPlaces(st, rd), len(l.Arrived)
	index := numbersOf(owners)
	var owner []int32
	var targets []*managed
	if n := st.expected(); n > 0 {
		owner, targets = make([]int32, 0, n), make([]*managed, 0, n)
	}
	for rows.Next() {
		m, err := rd.row(rows, rd.owner.Targets())
		if err == nil {
			err = places.add()
		}
		if err != nil {
			return nil, nil, err
		}
		i := index.of(rd.owner)
		if i < 0 {
			if err := owned(p, rd.owner); err != nil {
				return nil, nil, err
			}
		}
		owner, targets = append(owner, i), append(targets, m)
	}
	rd.finish()
	st.learn(len(targets))
	rd.learn()
	f := arrange(len(owners), owner, targets, places.list)
	f.once = st.root.room(len(targets))
	if len(rd.all) > 1 {
		f.distinct(l.unit)
	}
	rd.arrange(l.Arrived[told:], targets)
	if st.sorts {
		f.sort()
		slices.SortStableFunc(l.Arrived[told:], byIntKey)
	}
	return f, rd, rows.Close()
}

// places reads where the items of an ordered relation stand, behind all else in a row.
type places struct {
	kind *mapper.Type // nil when the statement does not ask for them
	cell any
	list []int32 // nil while they are not known
	lost bool
}

func newPlaces(st *statement, rd *reader) *places {
	p := &places{kind: st.place, lost: len(st.filters) > 0}
	if p.kind != nil {
		rd.behind = []any{&p.cell}
	}
	return p
}

// add takes the place of the row just read.
func (p *places) add() error {
	if p.kind == nil || p.lost {
		return nil
	}
	at, err := p.kind.Decode(p.cell)
	if err != nil {
		return err
	}
	n, ok := at.(int64)
	if p.lost = !ok || n < 0 || n > math.MaxInt32; p.lost {
		p.list = nil
		return nil
	}
	p.list = append(p.list, int32(n))
	return nil
}

// keyValue is a key as an element of a list argument: a composite one as its parts.
func keyValue(key any) any {
	if _, composite := key.(mapper.Tuple); composite {
		return mapper.Parts(nil, key)
	}
	return key
}

// via reads the targets of a relation by the keys of its owners.
func (l *Loader) via(ctx context.Context, owners []*managed, node *populate.Node, o *Options) (*family, *reader, error) {
	if len(owners) == 0 {
		return nil, nil, nil
	}
	st, rows, err := l.query(ctx, owners, node, o)
	if err != nil {
		return nil, nil, err
	}
	return l.grouped(rows, st, owners, node.Relation, o)
}

// query runs the query of a node for the keys of a list.
func (l *Loader) query(ctx context.Context, list []*managed, node *populate.Node, o *Options) (*statement, driver.Rows, error) {
	st, args, err := l.byKeysOf(list, node, o)
	if err != nil {
		return nil, nil, err
	}
	rows, err := l.session.Query(ctx, st.program, args)
	return st, rows, err
}

// byKeysOf returns the query of a node for the keys of a list, and its arguments.
func (l *Loader) byKeysOf(list []*managed, node *populate.Node, o *Options) (*statement, []any, error) {
	st, err := l.relatedStatement(node, o)
	if err != nil {
		return nil, nil, err
	}
	keys := make([]any, len(list))
	for i, m := range list {
		keys[i] = keyValue(m.Key)
	}
	args, err := o.bindFilters(find.Args(node, o.outer, keys), st)
	return st, args, err
}
