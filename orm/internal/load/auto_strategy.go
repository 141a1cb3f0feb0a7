package load

import (
	"slices"
	"sync/atomic"

	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// past is how many roots the last find of a form has found, in this process: by it the
// strategy "auto" chooses whether to-one relations are joined.
type past struct {
	rows atomic.Int64 // -1 before the first
}

// past returns the past of the form in l.key, nil where the statement does not depend on it.
func (l *Loader) past(r *Request) *past {
	o := r.Options
	if r.count || len(o.Populate) == 0 || l.db.Caps.FewRoots == 0 || l.db.Steady || o.Lock.Mode != qb.NoLock || !l.chooses(o) {
		return nil
	}
	kind := l.key[0]
	defer func() { l.key[0] = kind }()
	l.key[0] = 'H'
	p, ok := l.db.Programs.Get(l.key).(*past)
	if !ok {
		p = &past{}
		p.rows.Store(-1)
		l.db.Programs.Put(l.key, p)
	}
	return p
}

// chooses reports a read whose strategy, or that of a hint, is left to what was read before.
func (l *Loader) chooses(o *Options) bool {
	return o.Strategy == "auto" || o.Strategy == "" && l.db.MappedAuto || slices.ContainsFunc(o.Populate, func(h populate.Hint) bool { return h.Strategy == "auto" })
}

// few reports that a read is expected to find most roots, or fewer: its limit says so, or
// the last one of its form has.
func (p *past) few(limit, most int) bool {
	if p == nil {
		return false
	}
	n := p.rows.Load()
	return limit > 0 && limit <= most || n >= 0 && n <= int64(most)
}
