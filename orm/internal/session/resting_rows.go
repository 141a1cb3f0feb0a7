package session

import (
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/logkey"
)

// Rows that a loop of the user reads from outside of a transaction hold a connection, and
// do not need it while the body of the loop runs. With as many such loops as the pool has
// connections, each of which asks something in its body, all would wait for each other.
// So they rest while a body runs, and a keeper gives the connection of rows at rest to who
// waits for one: what is left of them is read aside, as sessions do it inside of
// transactions.

// restTick is how often the keeper looks whether somebody waits. Who has waited for two
// ticks is helped.
const restTick = 10 * time.Millisecond

// resting are the rows that loops are over, the oldest first.
type resting struct {
	mu   sync.Mutex
	rows []*ownedRows
	// stop ends the keeper, nil while there is none.
	stop chan struct{}
}

// rest runs the body of a loop over the rows.
func (r *ownedRows) rest(body func()) {
	if !r.listed && !r.db.take(r) {
		body()
		return
	}
	r.turn.Unlock()
	defer r.turn.Lock()
	body()
}

// take lists rows that can rest; it is false for others. Their turn is the loop's.
func (db *Database) take(r *ownedRows) bool {
	pools, pooled := driver.EngineAs[driver.Pooled](db.Engine)
	if _, can := driver.RowsAs[driver.Buffered](r.Rows); !can || !pooled {
		return false
	}
	r.turn.Lock()
	r.listed = true
	db.resting.mu.Lock()
	defer db.resting.mu.Unlock()
	db.resting.rows = append(db.resting.rows, r)
	if db.resting.stop == nil {
		db.resting.stop = make(chan struct{})
		go db.keep(db.resting.stop, pools)
	}
	return true
}

// drop forgets rows; without any the keeper ends.
func (db *Database) drop(r *ownedRows) {
	db.resting.mu.Lock()
	defer db.resting.mu.Unlock()
	db.resting.rows = slices.DeleteFunc(db.resting.rows, func(other *ownedRows) bool { return other == r })
	if len(db.resting.rows) == 0 && db.resting.stop != nil {
		close(db.resting.stop)
		db.resting.stop = nil
	}
}

// keep helps those who wait for a connection, until stop is closed.
func (db *Database) keep(stop <-chan struct{}, pools driver.Pooled) {
	tick := time.NewTicker(restTick)
	defer tick.Stop()
	before := 0
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		waiting := 0
		for _, p := range pools.PoolStats() {
			if p.Max > 0 && p.InUse >= p.Max {
				waiting += p.Waiting
			}
		}
		if waiting > 0 && before > 0 {
			db.relieve(waiting)
		}
		before = waiting
	}
}

// relieve takes the connections of n rows at rest, or of as many as there are.
func (db *Database) relieve(n int) {
	db.resting.mu.Lock()
	list := slices.Clone(db.resting.rows)
	db.resting.mu.Unlock()
	for _, r := range list {
		if n > 0 && r.spill() {
			n--
		}
	}
}

// spill reads aside what is left; it is false when the rows are not at rest, or need
// no connection any more.
func (r *ownedRows) spill() bool {
	if !r.turn.TryLock() {
		return false
	}
	defer r.turn.Unlock()
	if r.spilled || r.closed {
		return false
	}
	r.spilled = true
	rows, _ := driver.RowsAs[driver.Buffered](r.Rows)
	rows.Buffer()
	if to := logger(r.ctx, logOf(r.ctx, r.db.Log), Queries, slog.LevelWarn); to != nil {
		to.LogAttrs(r.ctx, slog.LevelWarn, logkey.Query, slog.String(logkey.Hint,
			"the rows of a loop were read aside, because all connections were in use and somebody waited; use Stream, a transaction around the loop, or a larger pool"))
	}
	return true
}
