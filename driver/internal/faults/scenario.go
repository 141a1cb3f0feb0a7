package faults

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/faultproxy"
)

// Run runs the scenarios against an engine behind p and the same database without
// the proxy. Statements are those of PostgreSQL and MySQL alike.
func Run(t *testing.T, p *faultproxy.Proxy, engine, direct driver.Engine) {
	s := &scenario{T: t, proxy: p, engine: engine, direct: direct}
	s.text(s.session(direct, driver.SessionOptions{}), "create table faults (id int primary key, n int not null)")
	s.text(s.session(direct, driver.SessionOptions{}), "insert into faults values (1, 0), (2, 0)")
	t.Run("lost before commit", s.lostBeforeCommit)
	t.Run("lost answer to commit", s.lostAnswer)
	t.Run("lost in transaction", s.lostInTransaction)
	t.Run("lost while idle", s.lostWhileIdle)
	t.Run("deadlock", s.deadlock)
}

type scenario struct {
	*testing.T
	proxy          *faultproxy.Proxy
	engine, direct driver.Engine
	next           int
}

func (s *scenario) session(e driver.Engine, opts driver.SessionOptions) driver.Session {
	s.Helper()
	session, err := e.Session(s.Context(), opts)
	if err != nil {
		s.Fatal(err)
	}
	return session
}

func (s *scenario) try(session driver.Session, text string) error {
	_, err := session.(driver.TextExecer).ExecText(s.Context(), text)
	return err
}

func (s *scenario) text(session driver.Session, text string) {
	s.Helper()
	if err := s.try(session, text); err != nil {
		s.Fatalf("%s: %v", text, err)
	}
}

// insert begins a transaction on the proxied engine and inserts a row.
func (s *scenario) insert(t *testing.T) (driver.Session, int) {
	t.Helper()
	s.next++
	id := 100 + s.next
	tx := s.session(s.engine, driver.SessionOptions{Transaction: true})
	if err := s.try(tx, fmt.Sprintf("insert into faults values (%d, 0)", id)); err != nil {
		t.Fatal(errors.Join(err, tx.End(t.Context(), false)))
	}
	return tx, id
}

// exists reports whether a row was committed.
func (s *scenario) exists(t *testing.T, id int) bool {
	t.Helper()
	session := s.session(s.direct, driver.SessionOptions{})
	rows, err := session.(driver.TextQueryer).QueryText(s.Context(), fmt.Sprintf("select id from faults where id = %d", id))
	if err != nil {
		t.Fatal(err)
	}
	found := rows.Next()
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	return found
}

func (s *scenario) usable(t *testing.T) {
	t.Helper()
	tx, id := s.insert(t)
	if err := tx.End(t.Context(), true); err != nil {
		t.Errorf("commit after the fault: %v", err)
	}
	if !s.exists(t, id) {
		t.Error("the row committed after the fault is missing")
	}
}

func (s *scenario) lostBeforeCommit(t *testing.T) {
	tx, id := s.insert(t)
	s.proxy.On("commit", faultproxy.Before)
	if err := tx.End(t.Context(), true); !errors.Is(err, driver.ErrCommitUnknown) {
		t.Errorf("error is %v", err)
	}
	if s.exists(t, id) {
		t.Error("the row was committed")
	}
	s.usable(t)
}

func (s *scenario) lostAnswer(t *testing.T) {
	tx, id := s.insert(t)
	s.proxy.On("commit", faultproxy.After)
	if err := tx.End(t.Context(), true); !errors.Is(err, driver.ErrCommitUnknown) {
		t.Errorf("error is %v", err)
	}
	if !s.exists(t, id) {
		t.Error("the row was not committed")
	}
	s.usable(t)
}

func (s *scenario) lostInTransaction(t *testing.T) {
	tx, id := s.insert(t)
	s.proxy.CutAll()
	if err := s.try(tx, "update faults set n = 1"); !errors.Is(err, driver.ErrConnection) {
		t.Errorf("error is %v", err)
	}
	if err := s.try(tx, "insert into faults values (999, 0)"); !errors.Is(err, driver.ErrDoomed) {
		t.Errorf("error after the loss is %v", err)
	}
	if err := tx.(driver.Savepoints).RollbackTo(t.Context(), "none"); !errors.Is(err, driver.ErrDoomed) {
		t.Errorf("error of the rollback to a savepoint is %v", err)
	}
	if err := tx.End(t.Context(), true); !errors.Is(err, driver.ErrDoomed) || errors.Is(err, driver.ErrCommitUnknown) {
		t.Errorf("error of the commit is %v", err)
	}
	if s.exists(t, id) || s.exists(t, 999) {
		t.Error("a row was committed")
	}
	s.usable(t)
}

// lostWhileIdle expects dead connections of the pool to go unnoticed.
func (s *scenario) lostWhileIdle(t *testing.T) {
	s.usable(t)
	s.proxy.CutAll()
	s.usable(t)
	s.proxy.CutAll()
	session := s.session(s.engine, driver.SessionOptions{})
	rows, err := session.(driver.TextQueryer).QueryText(t.Context(), "select n from faults")
	if err != nil {
		t.Fatal(err)
	}
	if err := rows.Close(); err != nil {
		t.Error(err)
	}
}

// deadlock locks two rows in opposite order.
func (s *scenario) deadlock(t *testing.T) {
	txs := [2]driver.Session{}
	for i := range txs {
		txs[i] = s.session(s.engine, driver.SessionOptions{Transaction: true})
		s.text(txs[i], fmt.Sprintf("update faults set n = n + 1 where id = %d", i+1))
	}
	var errs [2]error
	var group sync.WaitGroup
	for i := range txs {
		group.Go(func() {
			errs[i] = s.try(txs[i], fmt.Sprintf("update faults set n = n + 1 where id = %d", 2-i))
			if errs[i] != nil {
				errs[i] = errors.Join(errs[i], txs[i].End(t.Context(), false))
			}
		})
	}
	group.Wait()
	victim := 0
	if errs[0] == nil {
		victim = 1
	}
	if !errors.Is(errs[victim], driver.ErrDeadlock) {
		t.Errorf("error of the victim is %v", errs[victim])
	}
	if errs[1-victim] != nil {
		t.Errorf("error of the survivor is %v", errs[1-victim])
	}
	if err := s.try(txs[victim], "insert into faults values (998, 0)"); err == nil {
		t.Error("the victim went on")
	}
	if err := txs[1-victim].End(t.Context(), true); err != nil {
		t.Error(err)
	}
	if s.exists(t, 998) {
		t.Error("the victim's next row was committed")
	}
}
