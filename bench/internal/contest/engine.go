package contest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync/atomic"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
)

// Engine is a database that holds the tables of the contest.
type Engine struct {
	// Name is "sqlite", "postgres" or "mariadb".
	Name  string
	Sizes Sizes
	// dsn is the path of the file, or the address of the database for its driver.
	dsn   string
	db    *sql.DB // for preparing and looking, not for entrants
	drop  func()
	round int
}

// OpenEngine makes a database of its own and fills it.
func OpenEngine(ctx context.Context, name string, sizes Sizes) (*Engine, error) {
	e := &Engine{Name: name, Sizes: sizes}
	var err error
	switch name {
	case "sqlite":
		err = e.openSQLite()
	case "postgres":
		err = e.openServer("pgx", env("WEFT_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres"), postgresDSN)
	case "mariadb":
		err = e.openServer("mysql", env("WEFT_MYSQL", "root@tcp(127.0.0.1:3306)/"), mysqlDSN)
	default:
		err = fmt.Errorf("unknown engine %q", name)
	}
	if err != nil {
		return nil, err
	}
	if err := e.fill(ctx); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

func (e *Engine) openSQLite() error {
	dir, err := os.MkdirTemp("", "weft-contest")
	if err != nil {
		return err
	}
	e.drop = func() { os.RemoveAll(dir) }
	e.dsn = filepath.Join(dir, "contest.db")
	e.db, err = sql.Open("sqlite3", e.sqliteDSN())
	return err
}

// sqliteDSN is what entrants on database/sql open: prepared statements are kept.
func (e *Engine) sqliteDSN() string {
	return "file:" + e.dsn + "?_journal=WAL&_sync=NORMAL&_fk=1&_busy_timeout=10000&_txlock=immediate&_stmt_cache_size=200"
}

// openServer makes a database on a server.
func (e *Engine) openServer(driver, base string, dsn func(base, name string) (string, error)) error {
	name := fmt.Sprintf("weft_contest_%d", os.Getpid())
	at, err := dsn(base, "")
	if err != nil {
		return err
	}
	server, err := sql.Open(driver, at)
	if err != nil {
		return err
	}
	e.drop = func() {
		_, _ = server.Exec("DROP DATABASE IF EXISTS " + name)
		server.Close()
	}
	if _, err := server.Exec("CREATE DATABASE " + name); err != nil {
		return err
	}
	if e.dsn, err = dsn(base, name); err != nil {
		return err
	}
	e.db, err = sql.Open(driver, e.dsn)
	return err
}

func postgresDSN(base, name string) (string, error) {
	c, err := pgx.ParseConfig(base)
	if err != nil {
		return "", err
	}
	if name == "" {
		name = c.Database
	}
	return fmt.Sprintf("host=%s port=%d user=%s password='%s' dbname=%s sslmode=disable timezone=UTC", c.Host, c.Port, c.User, c.Password, name), nil
}

func mysqlDSN(base, name string) (string, error) {
	c, err := mysql.ParseDSN(base)
	if err != nil {
		return "", err
	}
	c.DBName, c.ParseTime, c.InterpolateParams, c.ClientFoundRows = name, true, true, true
	c.MaxAllowedPacket = 16 << 20
	return c.FormatDSN(), nil
}

// handle opens database/sql for an entrant and counts what it does.
func (e *Engine) handle(simple bool) (*sql.DB, *Wire, *atomic.Int64, error) {
	switch e.Name {
	case "sqlite":
		n := &atomic.Int64{}
		db := sql.OpenDB(&counted{e.sqliteDSN(), n})
		db.SetMaxOpenConns(1)
		return db, nil, n, nil
	case "postgres":
		c, err := pgx.ParseConfig(e.dsn)
		if err != nil {
			return nil, nil, nil, err
		}
		w := postgresWire()
		c.DialFunc = w.Dial
		if simple {
			c.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
		}
		return one(stdlib.OpenDB(*c)), w, nil, nil
	}
	c, err := mysql.ParseDSN(e.dsn)
	if err != nil {
		return nil, nil, nil, err
	}
	w := mysqlWire()
	c.DialFunc = w.Dial
	inner, err := mysql.NewConnector(c)
	if err != nil {
		return nil, nil, nil, err
	}
	return one(sql.OpenDB(inner)), w, nil, nil
}

func one(db *sql.DB) *sql.DB {
	db.SetMaxOpenConns(2)
	db.SetMaxIdleConns(2)
	return db
}

// Close drops the database.
func (e *Engine) Close() {
	if e.db != nil {
		e.db.Close()
	}
	if e.drop != nil {
		e.drop()
	}
}

// Version is what the server says it is.
func (e *Engine) Version(ctx context.Context) string {
	text := "SELECT version()"
	if e.Name == "sqlite" {
		text = "SELECT 'SQLite ' || sqlite_version()"
	}
	var v string
	_ = e.db.QueryRowContext(ctx, text).Scan(&v) // an unknown version is left out
	v, _, _ = strings.Cut(v, " on ")
	return v
}

// reset puts the rows a workload may write back to how it starts.
func (e *Engine) reset(ctx context.Context, workload string) error {
	switch writes[workload] {
	case items:
		first := e.Sizes.firstNew()
		if err := e.exec(ctx, fmt.Sprintf("DELETE FROM items WHERE id >= %d", first)); err != nil {
			return err
		}
		n := e.Sizes.given(workload)
		if err := e.insertItems(ctx, newItems(n, first)); err != nil {
			return err
		}
		return e.restart(ctx, "items", first+int64(n))
	case graph:
		s := e.Sizes
		next := map[string]int{"authors": s.Authors + 1, "books": s.Authors*s.Books + 1, "tags": tagCount + 1}
		if err := e.exec(ctx, fmt.Sprintf("DELETE FROM book_tags WHERE book_id >= %d", next["books"])); err != nil {
			return err
		}
		for _, name := range []string{"books", "authors", "tags"} {
			if err := e.exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE id >= %d", name, next[name])); err != nil {
				return err
			}
			if err := e.restart(ctx, name, int64(next[name])); err != nil {
				return err
			}
		}
		if e.Name == "postgres" { // which plans the checks of foreign keys once for a connection, by what the tables are like then
			return e.exec(ctx, "VACUUM ANALYZE authors, books, tags, book_tags")
		}
	}
	return nil
}

// restart says which key the database makes next; SQLite makes the one after the last.
func (e *Engine) restart(ctx context.Context, name string, next int64) error {
	switch e.Name {
	case "postgres":
		return e.exec(ctx, fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', 'id'), %d, false)", name, next))
	case "mariadb":
		return e.exec(ctx, fmt.Sprintf("ALTER TABLE %s AUTO_INCREMENT = %d", name, next))
	}
	return nil
}

func (e *Engine) exec(ctx context.Context, texts ...string) error {
	for _, text := range texts {
		if _, err := e.db.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

// digest describes the rows that a workload has written.
func (e *Engine) digest(ctx context.Context, workload string) (string, error) {
	if writes[workload] == items {
		return e.digestItems(ctx)
	}
	text := `SELECT a.name, b.title, t.name FROM authors a LEFT JOIN books b ON b.author_id = a.id
		LEFT JOIN book_tags bt ON bt.book_id = b.id LEFT JOIN tags t ON t.id = bt.tag_id WHERE a.id > %d`
	rows, err := e.db.QueryContext(ctx, fmt.Sprintf(text, e.Sizes.Authors))
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var a, b, t sql.NullString
		if err := rows.Scan(&a, &b, &t); err != nil {
			return "", err
		}
		lines = append(lines, a.String+"|"+b.String+"|"+t.String)
	}
	sort.Strings(lines)
	d := newDigest()
	for _, l := range lines {
		d.line("%s", l)
	}
	return d.sum(), rows.Err()
}

func (e *Engine) digestItems(ctx context.Context) (string, error) {
	rows, err := e.db.QueryContext(ctx, fmt.Sprintf("SELECT "+itemColumns+" FROM items WHERE id >= %d ORDER BY id", e.Sizes.firstNew()))
	if err != nil {
		return "", err
	}
	list, err := scanItems(rows)
	if err != nil {
		return "", err
	}
	return digestItems(list), nil
}
