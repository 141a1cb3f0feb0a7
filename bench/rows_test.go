package bench

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	_ "github.com/mattn/go-sqlite3"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
)

// person is one row of the tables that raw SQL, weft and gorm work on, each in a
// database of its own.
type person struct {
	ID     int64
	Name   string
	Email  string
	Age    int
	Score  float64
	Active bool
	Note   string
}

// TableName tells gorm.
func (person) TableName() string { return "people" }

const (
	people      = 1000
	peopleTable = "CREATE TABLE people (id integer PRIMARY KEY, name text NOT NULL, email text NOT NULL, age integer NOT NULL, score real NOT NULL, active integer NOT NULL, note text NOT NULL)"
	insertInto  = "INSERT INTO people (name, email, age, score, active, note) VALUES (?, ?, ?, ?, ?, ?)"
	selectFrom  = "SELECT id, name, email, age, score, active, note FROM people"
)

// newPeople are entities without keys.
func newPeople() []*person {
	list := make([]*person, people)
	for i := range list {
		list[i] = &person{Name: fmt.Sprint("name ", i), Email: fmt.Sprint("mail", i, "@example.org"), Age: i % 90, Score: float64(i) / 3, Active: i%2 == 0, Note: "nothing to say"}
	}
	return list
}

// sides are the three databases.
type sides struct {
	ctx  context.Context
	raw  *sql.DB
	weft *orm.DB
	gorm *gorm.DB
}

// openSides makes the databases in files of their own; with rows they hold the people.
func openSides(b *testing.B, rows bool) *sides {
	b.Helper()
	dir := b.TempDir()
	for _, name := range []string{"raw", "weft", "gorm"} {
		db, err := sql.Open("sqlite3", dir+"/"+name+"?_journal=WAL&_sync=NORMAL")
		check(b, err)
		_, err = db.Exec(peopleTable)
		check(b, err)
		if rows {
			check(b, insertRaw(db, newPeople()))
		}
		check(b, db.Close())
	}
	s := &sides{ctx: b.Context()}
	var err error
	s.raw, err = sql.Open("sqlite3", dir+"/raw?_journal=WAL&_sync=NORMAL")
	check(b, err)
	s.raw.SetMaxOpenConns(1)
	s.weft, err = orm.Open(s.ctx, sqlite.File(dir+"/weft", sqlite.Pragma("synchronous", "normal")), orm.Entities(person{}))
	check(b, err)
	s.gorm, err = gorm.Open(gormsqlite.Open(dir+"/gorm?_journal=WAL&_sync=NORMAL"), &gorm.Config{PrepareStmt: true, Logger: logger.Discard})
	check(b, err)
	b.Cleanup(func() { s.raw.Close(); s.weft.Close() })
	return s
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// insertRaw inserts through one prepared statement in one transaction and learns the keys.
func insertRaw(db *sql.DB, list []*person) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	st, err := tx.Prepare(insertInto)
	if err != nil {
		return err
	}
	defer st.Close()
	for _, p := range list {
		res, err := st.Exec(p.Name, p.Email, p.Age, p.Score, p.Active, p.Note)
		if err != nil {
			return err
		}
		p.ID, _ = res.LastInsertId()
	}
	return tx.Commit()
}

// BenchmarkFindRows reads a thousand rows into entities.
func BenchmarkFindRows(b *testing.B) {
	s := openSides(b, true)
	st, err := s.raw.Prepare(selectFrom)
	check(b, err)
	contest(b, 1,
		contestant{"raw", func() error {
			rows, err := st.Query()
			if err != nil {
				return err
			}
			defer rows.Close()
			var list []*person
			for rows.Next() {
				p := &person{}
				if err := rows.Scan(&p.ID, &p.Name, &p.Email, &p.Age, &p.Score, &p.Active, &p.Note); err != nil {
					return err
				}
				list = append(list, p)
			}
			if err := rows.Err(); err != nil || len(list) == people {
				return err
			}
			return fmt.Errorf("%d rows", len(list))
		}},
		contestant{"weft", func() error { _, err := orm.Find[person](s.ctx, s.weft.Fork(), nil); return err }},
		contestant{"gorm", func() error { var list []*person; return s.gorm.Find(&list).Error }},
	)
}

// BenchmarkFindKey reads one row by its key.
func BenchmarkFindKey(b *testing.B) {
	s := openSides(b, true)
	st, err := s.raw.Prepare(selectFrom + " WHERE id = ?")
	check(b, err)
	contest(b, 50,
		contestant{"raw", func() error {
			p := &person{}
			return st.QueryRow(500).Scan(&p.ID, &p.Name, &p.Email, &p.Age, &p.Score, &p.Active, &p.Note)
		}},
		contestant{"weft", func() error { _, err := orm.FindOneOrFail[person](s.ctx, s.weft.Fork(), 500); return err }},
		contestant{"gorm", func() error { p := &person{}; return s.gorm.Take(p, 500).Error }},
	)
}

// BenchmarkInsertRows inserts a thousand entities in one transaction and learns their keys.
func BenchmarkInsertRows(b *testing.B) {
	s := openSides(b, false)
	contest(b, 1,
		contestant{"raw", func() error { return insertRaw(s.raw, newPeople()) }},
		contestant{"weft", func() error {
			em := s.weft.Fork()
			for _, p := range newPeople() {
				em.Persist(p)
			}
			return em.Flush(s.ctx)
		}},
		contestant{"gorm", func() error { return s.gorm.CreateInBatches(newPeople(), 100).Error }},
	)
}

// BenchmarkUpdateRows changes a property of a thousand entities and writes them
// in one transaction. weft has to find out what has changed.
func BenchmarkUpdateRows(b *testing.B) {
	s := openSides(b, true)
	em := s.weft.Fork()
	managed, err := orm.Find[person](s.ctx, em, nil)
	check(b, err)
	age := 100
	contest(b, 1,
		contestant{"raw", func() error {
			tx, err := s.raw.Begin()
			if err != nil {
				return err
			}
			defer tx.Rollback()
			st, err := tx.Prepare("UPDATE people SET age = ? WHERE id = ?")
			if err != nil {
				return err
			}
			defer st.Close()
			age++
			for id := range people {
				if _, err := st.Exec(age, id+1); err != nil {
					return err
				}
			}
			return tx.Commit()
		}},
		contestant{"weft", func() error {
			age++
			for _, p := range managed {
				p.Age = age
			}
			return em.Flush(s.ctx)
		}},
		contestant{"gorm", func() error {
			age++
			return s.gorm.Transaction(func(tx *gorm.DB) error {
				for id := range people {
					if err := tx.Model(&person{ID: int64(id + 1)}).Update("age", age).Error; err != nil {
						return err
					}
				}
				return nil
			})
		}},
	)
}
