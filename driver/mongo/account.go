package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"github.com/weft-orm/weft/driver"
)

// account tells what writes outside of a transaction have left behind. The nil account
// is that of a transaction, which leaves nothing.
type account struct {
	fates driver.Account
	// mark is the comment of all that is sent, by which the server finds what still runs.
	mark string
}

func newAccount(ops []*driver.Op) *account {
	a := &account{fates: make(driver.Account, len(ops)), mark: "weft " + bson.NewObjectID().Hex()}
	for i, op := range ops {
		a.fates[i] = make([]driver.Fate, len(op.Rows))
	}
	return a
}

func (a *account) put(op, row int, fate driver.Fate) {
	if a != nil && row < len(a.fates[op]) {
		a.fates[op][row] = fate
	}
}

// written notes that models were written.
func (a *account) written(x *execution, from, to int) { a.note(x, from, to, driver.Written) }

// note gives the rows of models a fate. A row of several models is written with the last
// of them, and unsure before.
func (a *account) note(x *execution, from, to int, fate driver.Fate) {
	if a == nil {
		return
	}
	for i := from; i < to; i++ {
		m, own := &x.models[i], fate
		if next := i + 1; fate == driver.Written && next < len(x.models) && x.origins[next] == x.origins[i] && x.models[next].Row == m.Row {
			own = driver.Unsure
		}
		if m.Rows == nil {
			a.put(x.origins[i], m.Row, own)
		}
		for _, row := range m.Rows {
			a.put(x.origins[i], row, own)
		}
	}
}

// failed notes what became of models whose bulk write failed: at is the model that was
// refused, after all before it were written, or -1 where the server did not say. What
// it has written then is read. A model about many documents may have reached some of them
// before one was refused.
func (a *account) failed(x *execution, err error, from, to, at int) {
	if a == nil {
		return
	}
	if at >= 0 {
		a.note(x, from, from+at, driver.Written)
		if refused := from + at; refused < to && x.models[refused].Many() {
			a.note(x, refused, refused+1, driver.Unsure)
		}
		return
	}
	var nobody topology.ServerSelectionError
	if errors.As(err, &nobody) {
		return // it was never sent
	}
	a.note(x, from, to, driver.Unsure)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(x.ctx), settling)
	defer cancel()
	ended := a.ended(ctx, x.session.engine)
	there, err := x.landed(ctx, from, to)
	a.note(x, from, from+there, driver.Written)
	if ended && err == nil {
		a.note(x, from+there, to, driver.NotWritten)
	}
}

// settling is how long weft tries to find out what became of a write.
const settling = 5 * time.Second

// ended waits until the server has done with what was sent, and reports whether it says so.
func (a *account) ended(ctx context.Context, e *engine) bool {
	pipeline := bson.A{
		bson.D{{Key: "$currentOp", Value: bson.D{}}},
		bson.D{{Key: "$match", Value: bson.D{{Key: "command.comment", Value: a.mark}, {Key: "command.aggregate", Value: bson.D{{Key: "$exists", Value: false}}}}}},
	}
	for {
		cursor, err := e.client.Database("admin").Aggregate(ctx, pipeline)
		if err != nil {
			return false
		}
		more := cursor.Next(ctx)
		err = errors.Join(cursor.Err(), cursor.Close(ctx))
		if err != nil || !more {
			return err == nil
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(10 * time.Millisecond):
		}
	}
}
