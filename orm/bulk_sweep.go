package orm

import (
	"context"
	"errors"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/orm/internal/flush"
	"github.com/weft-orm/weft/orm/internal/plan"
	"github.com/weft-orm/weft/qb"
)

// sweepChunk is the number of keys that one read or write of a sweep names.
const sweepChunk = 5000

// sweep is a bulk delete, or update, where the database keeps no references: what the mapping
// says of what leads to the rows is done here, as a flush does it. Everything is read before
// anything is written, so that what is refused leaves nothing behind.
type sweep struct {
	em      *EntityManager
	session driver.Session
	// write is what was asked for, args are its values.
	write *qb.Write
	args  []any
	// lots are the rows that go: those that the condition finds, then lot by lot what goes along.
	lots []*sweptRows
	gone map[sweptRow]bool
	// moved are rows whose reference changes, holders rows whose reference keeps another row.
	moved, holders []*sweptRows
	// ops is what is sent, and told says what each of it does.
	ops  []*driver.Op
	told []sweptOp
	// own is the first of ops about rows that the condition found.
	own int
}

// sweptRow is a row by its key, which is one for all of a hierarchy.
type sweptRow struct {
	root *mapper.Entity
	key  any
}

// sweptRows are rows of an entity with where a reference of theirs leads, which is nil for
// rows that the condition finds.
type sweptRows struct {
	entity       *mapper.Entity
	reference    *mapper.Property
	keys, values []any
}

// drop leaves out the rows that a function of their key and value tells.
func (r *sweptRows) drop(leave func(key, value any) bool) {
	n := 0
	for i, key := range r.keys {
		if !leave(key, r.values[i]) {
			r.keys[n], r.values[n] = key, r.values[i]
			n++
		}
	}
	r.keys, r.values = r.keys[:n], r.values[:n]
}

// sweptOp is what an operation does to the rows of some keys.
type sweptOp struct {
	role         plan.Role
	entity, path string
	keys         []any
}

// sweeper returns what runs a write whose rows something leads to, nil where it stands alone.
func (em *EntityManager) sweeper(w *qb.Write) func(*sweep, context.Context) (int64, error) {
	if em.db.caps.ForeignKeys || w.Entity == nil || w.Kind == qb.Insert {
		return nil
	}
	rules := em.db.model.Of(w.Entity)
	switch {
	case w.Kind == qb.Update:
		if len(renamedBy(w, rules)) > 0 {
			return (*sweep).update
		}
	case len(rules.Ruled()) > 0, em.db.caps.KeyArrays && len(rules.Links())+len(rules.Kept()) > 0:
		return (*sweep).delete
	}
	return nil
}

// delete deletes, and returns how many rows of those that the condition finds.
func (s *sweep) delete(ctx context.Context) (int64, error) {
	if err := s.find(ctx); err != nil {
		return 0, err
	}
	if err := s.held(func(p *mapper.Property) string { return "onDelete=" + string(p.Relation.OnDelete) }); err != nil {
		return 0, err
	}
	if err := s.plan(); err != nil {
		return 0, err
	}
	return s.send(ctx)
}

// send sends what was planned.
func (s *sweep) send(ctx context.Context) (n int64, err error) {
	if len(s.ops) == 0 {
		return 0, nil
	}
	if err := s.session.Exec(ctx, s.ops); err != nil {
		return 0, s.left(err)
	}
	for _, op := range s.ops[s.own:] {
		for _, affected := range op.Affected {
			n += affected
		}
	}
	return n, nil
}

// find reads the rows of the condition, and all that their deletion is about.
func (s *sweep) find(ctx context.Context) error {
	first, err := s.matching(ctx, nil)
	if err != nil {
		return err
	}
	s.gone = map[sweptRow]bool{}
	s.going(first)
	for next := 0; next < len(s.lots); next++ {
		if err := s.linked(ctx, s.lots[next]); err != nil {
			return err
		}
		for _, p := range s.em.db.model.Of(s.lots[next].entity).Ruled() {
			if err := s.follow(ctx, s.lots[next].keys, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// matching reads the keys of the rows of the condition, and a property of theirs.
func (s *sweep) matching(ctx context.Context, p *mapper.Property) (*sweptRows, error) {
	w := s.write
	return s.rows(ctx, &qb.Select{
		Registry: w.Registry, Entity: w.Entity, Alias: w.Alias, Where: w.Where, Filters: w.Filters, Slots: w.Slots,
		Limit: conditions.NoSlot, Offset: conditions.NoSlot, Comments: w.Comments,
	}, s.args, p)
}

// going notes rows that are to be deleted, those of them that are not among such rows already.
func (s *sweep) going(rows *sweptRows) {
	root := rows.entity.Root()
	rows.drop(func(key, _ any) bool {
		known := s.gone[sweptRow{root, key}]
		s.gone[sweptRow{root, key}] = true
		return known
	})
	if len(rows.keys) > 0 {
		s.lots = append(s.lots, rows)
	}
}

// follow reads the rows that lead to deleted ones by a reference.
func (s *sweep) follow(ctx context.Context, keys []any, p *mapper.Property) error {
	return s.referring(ctx, keys, p, func(rows *sweptRows) {
		switch p.Relation.OnDelete {
		case mapper.RuleCascade:
			s.going(rows)
		case mapper.RuleSetNull:
			s.moved = append(s.moved, rows)
		default:
			s.holders = append(s.holders, rows)
		}
	})
}

// linked refuses rows at either end of links that the mapping does not let go with a row,
// as the foreign keys of a link table do.
func (s *sweep) linked(ctx context.Context, rows *sweptRows) (err error) {
	rules := s.em.db.model.Of(rows.entity)
	for _, p := range slices.Concat(rules.Links(), rules.Kept()) {
		if !constraint.LinksKeep(p) {
			continue
		}
		kept := p.Relation.Target
		refuse := func(owners *sweptRows) {
			if err == nil && len(owners.keys) > 0 {
				held := flush.Held{Engine: s.em.db.caps.Name, By: p, Entity: kept.Name, Holder: owners.entity, HolderKey: owners.keys[0], Rule: "onDelete=" + string(p.Relation.OnDelete)}
				err = held.Violation("exec")
			}
		}
		if slices.Contains(rules.Links(), p) {
			if failed := s.referring(ctx, rows.keys, p, refuse); failed != nil {
				return failed
			}
		}
		if kept = p.Entity; err == nil && slices.Contains(rules.Kept(), p) {
			has := M{"$not": M{p.Path + ":size": 0}}
			if failed := s.leading(ctx, rows.keys, p, func(keys []any) M { return M{"$and": []any{M{"$in": keys}, has}} }, refuse); failed != nil {
				return failed
			}
		}
	}
	return err
}

// referring reads the rows whose reference leads to one of the keys. No filter hides any.
func (s *sweep) referring(ctx context.Context, keys []any, p *mapper.Property, take func(*sweptRows)) error {
	return s.leading(ctx, keys, p, func(keys []any) M { return M{p.Path: M{"$in": keys}} }, take)
}

// leading reads the rows of the entity of a relation for which a condition on some keys holds.
func (s *sweep) leading(ctx context.Context, keys []any, p *mapper.Property, cond func(keys []any) M, take func(*sweptRows)) error {
	for chunk := range slices.Chunk(keys, sweepChunk) {
		list := make([]any, len(chunk))
		for i, key := range chunk {
			if list[i] = key; len(mapper.Parts(nil, key)) > 1 {
				list[i] = mapper.Parts(nil, key)
			}
		}
		query, args, err := qb.New(s.em.db.registry, p.Entity.Name, "").WithoutFilter().Where(cond(list)).Query()
		if err != nil {
			return err
		}
		rows, err := s.rows(ctx, query.(*qb.Select), args, p)
		if err != nil {
			return err
		}
		take(rows)
	}
	return nil
}

// rows runs a query for the keys of rows, and for the value of a property, a reference or one
// that references lead to.
func (s *sweep) rows(ctx context.Context, q *qb.Select, args []any, reference *mapper.Property) (*sweptRows, error) {
	found := &sweptRows{entity: q.Entity, reference: reference}
	q.Output, q.Roots, q.Schema = slices.Clone(q.Entity.Key), false, s.write.Schema
	if reference != nil && len(reference.Columns) > 0 && !slices.Contains(q.Output, reference) {
		q.Output = append(q.Output, reference)
	}
	program, err := s.em.db.engine.Compile(q)
	if err != nil {
		return nil, err
	}
	rows, err := s.session.Query(ctx, program, args)
	if err != nil {
		return nil, err
	}
	var cells []cellValue
	var columns []*mapper.Column
	for _, p := range q.Output {
		for _, c := range p.Columns {
			columns, cells = append(columns, c), append(cells, cellValue{kind: c.Type})
		}
	}
	dest := make([]any, len(cells))
	for i := range cells {
		dest[i] = &cells[i]
	}
	values := func(of []*mapper.Column) any {
		parts := make([]any, len(of))
		for i, c := range of {
			parts[i] = cells[slices.IndexFunc(columns, func(x *mapper.Column) bool { return x.Name == c.Name })].value
		}
		return mapper.NewTuple(parts)
	}
	for rows.Next() {
		if err := rows.Scan(dest); err != nil {
			_ = rows.Close() // the first error counts
			return nil, err
		}
		var at any
		if reference != nil && len(reference.Columns) > 0 {
			at = values(reference.Columns)
		}
		found.keys, found.values = append(found.keys, values(q.Entity.KeyColumns)), append(found.values, at)
	}
	return found, rows.Close()
}

// held refuses to touch a row that another one, which stays, keeps by its reference.
func (s *sweep) held(rule func(*mapper.Property) string) error {
	for _, h := range s.holders {
		for i, key := range h.keys {
			if s.gone[sweptRow{h.entity.Root(), key}] {
				continue
			}
			p := h.reference
			held := flush.Held{Engine: s.em.db.caps.Name, By: p, Entity: p.Relation.Target.Name, Holder: h.entity, HolderKey: key, Rule: rule(p)}
			if p.Relation.By == nil {
				held.Key = h.values[i]
			}
			return held.Violation("exec")
		}
	}
	return nil
}

// plan makes the operations: links and references first, then the rows that went along,
// the last found first, so that what a failure leaves behind leads to nothing that is gone.
func (s *sweep) plan() error {
	for _, rows := range s.lots {
		for _, p := range s.em.db.model.Of(rows.entity).Links() {
			pivot := p.Relation.Pivot
			unlink := &qb.Write{Kind: qb.Delete, Pivot: p, Table: pivot.Table, Match: pivot.Target}
			if err := s.add(unlink, nil, sweptOp{plan.Unlink, p.Relation.Target.Name, p.String(), rows.keys}); err != nil {
				return err
			}
		}
	}
	for _, rows := range s.moved {
		root := rows.entity.Root()
		rows.drop(func(key, _ any) bool { return s.gone[sweptRow{root, key}] })
		if err := s.move(rows, make([]any, len(rows.reference.Columns))); err != nil {
			return err
		}
	}
	for _, rows := range slices.Backward(s.lots) {
		s.own = len(s.ops)
		gone := &qb.Write{Kind: qb.Delete, Entity: rows.entity, Table: rows.entity.Table, Match: rows.entity.KeyColumns}
		if err := s.add(gone, nil, sweptOp{plan.Delete, rows.entity.Name, "", rows.keys}); err != nil {
			return err
		}
	}
	return nil
}

// move gives the reference of rows other values.
func (s *sweep) move(rows *sweptRows, values []any) error {
	w := &qb.Write{Kind: qb.Update, Entity: rows.entity, Table: rows.entity.Table, Set: rows.reference.Columns, Match: rows.entity.KeyColumns}
	return s.add(w, values, sweptOp{plan.Update, rows.entity.Name, rows.reference.Path, rows.keys})
}

// add appends a write of values to the rows of some keys.
func (s *sweep) add(w *qb.Write, values []any, about sweptOp) error {
	if len(about.keys) == 0 {
		return nil
	}
	w.Registry, w.Schema = s.em.db.registry, s.write.Schema
	program, err := s.em.db.engine.Compile(w)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(about.keys, sweepChunk) {
		op := &driver.Op{P: program, Rows: make([][]any, len(chunk))}
		for i, key := range chunk {
			op.Rows[i] = mapper.Parts(slices.Clone(values), key)
		}
		part := about
		part.keys = chunk
		s.ops, s.told = append(s.ops, op), append(s.told, part)
	}
	return nil
}

// left adds to a failure what it leaves behind where no transaction takes that back.
func (s *sweep) left(err error) error {
	engine, ok := errors.AsType[*driver.Error](err)
	if !ok {
		return err
	}
	e := &PartialFlushError{Op: "exec", Err: err}
	for i, fates := range engine.Account {
		for k, fate := range fates {
			about := s.told[i]
			row := FlushedRow{Action: about.role.String(), Entity: about.entity, Path: about.path, Key: about.keys[k]}
			switch fate {
			case driver.Written:
				e.Written = append(e.Written, row)
			case driver.Unsure:
				e.Unsure = append(e.Unsure, row)
			case driver.NotWritten:
			}
		}
	}
	if len(e.Written)+len(e.Unsure) == 0 {
		return err
	}
	return e
}
