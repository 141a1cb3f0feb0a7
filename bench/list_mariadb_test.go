package bench

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	_ "github.com/go-sql-driver/mysql"

	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	weftsql "github.com/weft-orm/weft/qb/sql"
)

// listed is a table whose rows are found by lists of keys and of codes.
type listed struct {
	_    struct{} `orm:"table=listed"`
	ID   int64
	Code string `orm:",length=40"`
	Note string
}

// listedRows is the number of rows in the table.
const listedRows = 100_000

// BenchmarkListMariaDB compares the ways a list of values reaches MariaDB: weft's
// own, one JSON parameter opened by JSON_TABLE, and a placeholder for each value,
// padded to the next power of two so that lists of any length make few
// statements. Both are prepared.
func BenchmarkListMariaDB(b *testing.B) {
	db := openListed(b)
	registry, err := mapper.Build(mapper.Options{}, listed{})
	if err != nil {
		b.Fatal(err)
	}
	for _, column := range []string{"id", "code"} {
		for _, n := range []int{1, 3, 10, 30, 100, 300, 3_000, 30_000} {
			b.Run(fmt.Sprintf("%s/%d", column, n), func(b *testing.B) {
				values := listValues(column, n)
				q, args, err := qb.New(registry, "listed", "").Where(qb.M{column: values}).Query()
				if err != nil {
					b.Fatal(err)
				}
				st, err := weftsql.MariaDB().Compile(q)
				if err != nil {
					b.Fatal(err)
				}
				table, placeholders := prepare(b, db, st.Text), prepare(b, db, paddedText(column, n))
				rounds := max(1, 50/n)
				contest(b, rounds,
					contestant{"json-table", func() error {
						params, err := st.Bind(nil, args)
						if err != nil {
							return err
						}
						return drain(table, params, n)
					}},
					contestant{"placeholders", func() error { return drain(placeholders, padded(args[0].([]any)), n) }},
				)
			})
		}
	}
}

// openListed fills the table in a database of its own.
func openListed(b *testing.B) *sql.DB {
	b.Helper()
	db, err := sql.Open("mysql", testdb.MySQL(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	var version string
	if err := db.QueryRow("SELECT version()").Scan(&version); err != nil {
		b.Fatal(err)
	}
	if !strings.Contains(version, "MariaDB") {
		b.Skipf("the server is MySQL %s", version)
	}
	for _, text := range []string{
		"CREATE TABLE listed (id bigint PRIMARY KEY, code varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL, note varchar(100) NOT NULL, KEY (code))",
		fmt.Sprintf("INSERT INTO listed SELECT seq, concat('code-', seq), repeat('n', 60) FROM seq_1_to_%d", listedRows),
		"ANALYZE TABLE listed",
	} {
		if _, err := db.Exec(text); err != nil {
			b.Fatal(err)
		}
	}
	return db
}

// listValues are n distinct values of a column, spread over the table.
func listValues(column string, n int) any {
	keys := rand.New(rand.NewPCG(1, uint64(n))).Perm(listedRows)[:n]
	if column == "id" {
		out := make([]int64, n)
		for i, k := range keys {
			out[i] = int64(k + 1)
		}
		return out
	}
	out := make([]string, n)
	for i, k := range keys {
		out[i] = fmt.Sprintf("code-%d", k+1)
	}
	return out
}

// bucket is the number of placeholders a list of n values gets.
func bucket(n int) int {
	size := 1
	for size < n {
		size *= 2
	}
	return size
}

func paddedText(column string, n int) string {
	return "SELECT `e0`.`id`, `e0`.`code`, `e0`.`note` FROM `listed` AS `e0` WHERE (`e0`.`" + column + "` IN (?" + strings.Repeat(", ?", bucket(n)-1) + "))"
}

// padded repeats the last value up to the size of the bucket.
func padded(list []any) []any {
	out := make([]any, bucket(len(list)))
	for i := copy(out, list); i < len(out); i++ {
		out[i] = list[len(list)-1]
	}
	return out
}

func prepare(b *testing.B, db *sql.DB, text string) *sql.Stmt {
	b.Helper()
	st, err := db.PrepareContext(context.Background(), text)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { st.Close() })
	return st
}

// drain reads all rows and checks their number.
func drain(st *sql.Stmt, params []any, want int) error {
	rows, err := st.Query(params...)
	if err != nil {
		return err
	}
	defer rows.Close()
	got := 0
	for ; rows.Next(); got++ {
		var id int64
		var code, note sql.RawBytes
		if err := rows.Scan(&id, &code, &note); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil || got == want {
		return err
	}
	return fmt.Errorf("%d rows instead of %d", got, want)
}
