package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/driver"
	weftmongo "github.com/weft-orm/weft/qb/mongo"
)

// Exec implements driver.Session. Neighbouring operations on one collection go
// in one bulk write, as long as the counts in its answer can be told apart.
func (s *session) Exec(ctx context.Context, ops []*driver.Op) error {
	if s.opts.ReadOnly {
		return refused(driver.ErrReadOnly, fmt.Errorf("the session is read-only"))
	}
	x := &execution{session: s, ctx: ctx}
	if !s.opts.Transaction {
		x.account = newAccount(ops)
	}
	for i, o := range ops {
		if err := x.add(i, o); err != nil {
			return x.told(err)
		}
	}
	return x.told(x.send())
}

// told adds to an error what stays in spite of it.
func (x *execution) told(err error) error {
	if e, ok := errors.AsType[*driver.Error](err); ok && x.account != nil {
		e.Account = x.account.fates
	}
	return err
}

// execution is the state of one Exec: the bulk write in the making.
type execution struct {
	session *session
	ctx     context.Context
	account *account // of what stays, nil in a transaction

	database   string
	collection string
	models     []weftmongo.Model
	origins    []int // the operation each model came from
	// members are the operations in the making, with what each adds to the counts.
	members          []member
	updates, deletes bool
}

type member struct {
	op      *driver.Op
	index   int
	models  int
	inserts bool
	deletes bool
}

// add appends an operation, sending what was collected when it cannot join.
func (x *execution) add(i int, o *driver.Op) error {
	o.Sent = 0
	p, ok := o.P.(*program)
	if !ok {
		return refused(driver.ErrUnsupported, errProgram).At("", i, -1)
	}
	if p.Kind != weftmongo.Rows {
		if err := x.send(); err != nil {
			return err
		}
		return x.many(i, o, p)
	}
	if len(o.Rows) == 0 {
		return nil
	}
	rows, err := x.completed(i, o, p)
	if err != nil {
		return err
	}
	bind := p.BindRows
	if x.session.opts.Transaction {
		bind = p.BindRowsOnce
	}
	models, err := bind(rows)
	if err != nil {
		return bindFailure(err, i, p)
	}
	inserts, deletes := models[0].Action == weftmongo.InsertOne, models[0].Action == weftmongo.DeleteOne
	clash := !inserts && (deletes && x.deletes || !deletes && x.updates)
	if x.database != p.Database || x.collection != p.Collection || clash {
		if err := x.send(); err != nil {
			return err
		}
	}
	x.database, x.collection = p.Database, p.Collection
	x.updates, x.deletes = x.updates || !inserts && !deletes, x.deletes || deletes
	x.members = append(x.members, member{op: o, index: i, models: len(models), inserts: inserts, deletes: deletes})
	for range models {
		x.origins = append(x.origins, i)
	}
	x.models = append(x.models, models...)
	return nil
}

// completed puts auto-increment numbers before the values of rows and defaults
// after them, and returns what is asked for.
func (x *execution) completed(i int, o *driver.Op, p *program) ([][]any, error) {
	if p.Counter == nil && len(p.Made) == 0 && len(p.Returned) == 0 {
		return o.Rows, nil
	}
	next, err := x.numbers(i, o, p)
	if err != nil {
		return nil, err
	}
	rows := make([][]any, len(o.Rows))
	o.Returned = make([][]any, len(o.Rows))
	for j, row := range o.Rows {
		full := make([]any, 0, len(row)+len(p.Made)+1)
		if p.Counter != nil {
			full = append(full, next+int64(j))
		}
		full = append(full, row...)
		for _, made := range p.Made {
			full = append(full, made())
		}
		rows[j] = full
		for _, at := range p.Returned {
			o.Returned[j] = append(o.Returned[j], full[at])
		}
	}
	return rows, nil
}

// numbers takes numbers for the auto-increment keys of rows and returns the first.
func (x *execution) numbers(i int, o *driver.Op, p *program) (int64, error) {
	if p.Counter == nil {
		return 0, nil
	}
	if err := x.session.gate.Check(); err != nil {
		return 0, err
	}
	o.Sent++
	first, err := x.session.engine.take(x.ctx, p.Database, p.Collection, len(o.Rows))
	if err != nil {
		return 0, x.session.failed(x.ctx, err, p.String()).At(p.String(), i, -1)
	}
	return first, nil
}

// send writes what was collected and spreads the counts.
func (x *execution) send() error {
	if len(x.models) == 0 {
		return nil
	}
	result, err := x.write()
	if err != nil {
		return err
	}
	for _, m := range x.members {
		n := int64(m.models)
		switch {
		case m.deletes:
			n = result.DeletedCount
		case !m.inserts:
			n = result.MatchedCount + result.UpsertedCount
		}
		if n == int64(m.models) {
			n = int64(len(m.op.Rows))
		}
		m.op.Affected = []int64{n}
	}
	x.database, x.collection, x.models, x.origins, x.members = "", "", nil, nil, nil
	x.updates, x.deletes = false, false
	return nil
}

// write sends the models. Outside of a transaction it sends those of one kind at a time,
// as the client does, so that each answer tells what stays.
func (x *execution) write() (*mongo.BulkWriteResult, error) {
	sum := &mongo.BulkWriteResult{}
	for from := 0; from < len(x.models); {
		to := len(x.models)
		if x.account != nil {
			to = endOfKind(x.models, from)
		}
		result, err := x.writeSome(from, to)
		if err != nil {
			return nil, x.failed(err, from, to)
		}
		x.account.written(x, from, to)
		sum.DeletedCount += result.DeletedCount
		sum.MatchedCount += result.MatchedCount
		sum.UpsertedCount += result.UpsertedCount
		from = to
	}
	return sum, nil
}

// endOfKind returns the end of the models that travel in one command with that at from.
func endOfKind(models []weftmongo.Model, from int) int {
	to := from + 1
	for to < len(models) && models[to].Command() == models[from].Command() {
		to++
	}
	return to
}

func (x *execution) writeSome(from, to int) (result *mongo.BulkWriteResult, err error) {
	list := make([]mongo.WriteModel, to-from)
	for i := range list {
		list[i] = writeModel(&x.models[from+i])
	}
	o := options.BulkWrite()
	if x.account != nil {
		o.SetComment(x.account.mark)
	}
	err = x.session.run(x.ctx, func(ctx context.Context) (err error) {
		x.members[0].op.Sent++
		result, err = x.session.engine.wished(ctx, x.database, x.collection).BulkWrite(ctx, list, o)
		return err
	})
	return result, err
}

// failed finds the operation and row that a bulk write of some models failed at.
func (x *execution) failed(err error, from, to int) error {
	at := failedWrite(err)
	x.account.failed(x, err, from, to, at)
	e := x.session.failed(x.ctx, err, "")
	e.Op, e.Row = x.members[0].index, -1
	if at >= 0 && from+at < to {
		m := &x.models[from+at]
		e.Op, e.Row = x.origins[from+at], m.Row
		if m.Revises && (e.Code == pathNotViable || e.Code == badValue) {
			e.Class = driver.ErrSerialization // what was read there is gone
		}
	}
	for _, m := range x.members {
		if m.index == e.Op {
			p := m.op.P.(*program)
			e.Statement, e.Table = p.String(), p.Collection
			e.Columns = p.ColumnNames(e.Columns)
		}
	}
	return e
}

// many runs a bulk change by condition, which may take a query for the keys first.
func (x *execution) many(i int, o *driver.Op, p *program) error {
	var affected int64
	err := x.session.run(x.ctx, func(ctx context.Context) error {
		if p.Keys != nil {
			o.Sent++
		}
		request, err := x.request(ctx, o.Rows[0], p)
		if err != nil {
			return err
		}
		o.Sent++
		affected, err = x.change(ctx, request, p)
		return err
	})
	if err != nil {
		return x.located(err, i, p)
	}
	o.Affected = []int64{affected}
	x.account.put(i, 0, driver.Written)
	return nil
}

// change sends a bulk change and returns the number of documents it matched.
func (x *execution) change(ctx context.Context, request *weftmongo.Request, p *program) (int64, error) {
	collection := x.session.engine.wished(ctx, p.Database, p.Collection)
	if p.Kind == weftmongo.DeleteMany {
		result, err := collection.DeleteMany(ctx, request.Filter)
		if err != nil {
			return 0, err
		}
		return result.DeletedCount, nil
	}
	result, err := collection.UpdateMany(ctx, request.Filter, request.Update)
	if err != nil {
		return 0, err
	}
	return result.MatchedCount, nil
}

func (x *execution) located(err error, i int, p *program) error {
	x.account.put(i, 0, driver.Unsure) // a condition may have been applied to some of its documents
	e := x.session.failed(x.ctx, err, p.String())
	e.Op = i
	return e
}

// request binds a bulk change, collecting the keys it is about where it must.
func (x *execution) request(ctx context.Context, args []any, p *program) (*weftmongo.Request, error) {
	if p.Keys == nil {
		return p.Bind(args)
	}
	find, err := p.Keys.Bind(args)
	if err != nil {
		return nil, err
	}
	cursor, err := x.session.engine.wished(ctx, p.Keys.Database, p.Keys.Collection).Aggregate(ctx, find.Pipeline)
	if err != nil {
		return nil, err
	}
	var found []struct {
		ID any `bson:"_id"`
	}
	if err := cursor.All(ctx, &found); err != nil {
		return nil, err
	}
	keys := make(bson.A, len(found))
	for j := range found {
		keys[j] = found[j].ID
	}
	return p.BindKeys(args, keys)
}

// writeModel turns a model into the client's form.
func writeModel(m *weftmongo.Model) mongo.WriteModel {
	switch m.Action {
	case weftmongo.InsertOne:
		return mongo.NewInsertOneModel().SetDocument(m.Document)
	case weftmongo.DeleteOne:
		return mongo.NewDeleteOneModel().SetFilter(m.Filter)
	case weftmongo.DeleteEach:
		return mongo.NewDeleteManyModel().SetFilter(m.Filter)
	case weftmongo.UpdateEach:
		return mongo.NewUpdateManyModel().SetFilter(m.Filter).SetUpdate(m.Update)
	}
	model := mongo.NewUpdateOneModel().SetFilter(m.Filter).SetUpdate(m.Update)
	if m.Upsert {
		model.SetUpsert(true)
	}
	return model
}
