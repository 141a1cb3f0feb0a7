package litetest

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
)

// classes has the class of what statements fail at.
func (b Binding) classes(t *testing.T) {
	engine, err := b.Memory().Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	db := engine.(driver.SQLHandle).DB()
	for _, text := range []string{
		"create table p (id integer primary key, u int unique, n int not null default 0, c int check (c > 0), s int) strict",
		"create table k (p int references p on delete restrict)", "insert into p (id, u) values (1, 1)", "insert into k values (1)",
		"create trigger no_threes before insert on p when new.u = 3 begin select raise(abort, 'no threes'); end",
	} {
		if _, err := db.Exec(text); err != nil {
			t.Fatal(text, err)
		}
	}
	for text, class := range map[string]error{
		"insert into p (u) values (1)": driver.ErrUniqueViolation, "insert into p (id) values (1)": driver.ErrUniqueViolation, "insert into p (n) values (null)": driver.ErrNotNullViolation,
		"insert into p (c) values (0)": driver.ErrCheckViolation, "insert into p (s) values ('x')": driver.ErrOutOfRange, "delete from p": driver.ErrForeignKeyViolation,
		"insert into k values (7)": driver.ErrForeignKeyViolation, "insert into p (u) values (3)": driver.ErrOther, "select * from nowhere": driver.ErrUndefined,
		"select missing from p": driver.ErrUndefined, "select missing(1)": driver.ErrUnsupported, "select id from p order by id collate missing": driver.ErrUndefined,
		"selec 1": driver.ErrSyntax, "select json_extract('{', '$.a')": driver.ErrOutOfRange, "select abs(-9223372036854775808)": driver.ErrOutOfRange,
		"select substr()": driver.ErrSyntax, "select zeroblob(3000000000)": driver.ErrOutOfRange,
	} {
		rows, err := db.Query(text)
		if err == nil {
			for rows.Next() {
			}
			err = errors.Join(rows.Err(), rows.Close())
		}
		if err = engine.(driver.Classifier).Classify(err); !errors.Is(err, class) {
			t.Errorf("%s: %v, want %v", text, err, class)
		}
	}
}
