package sql_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql"
)

func TestColumnTypes(t *testing.T) {
	for _, c := range []struct {
		t    mapper.Type
		want [4]string // sqlite, postgres, mysql, mariadb
	}{
		{mapper.Type{Kind: mapper.Bool}, [4]string{"integer", "boolean", "tinyint(1)", "tinyint(1)"}},
		{mapper.Type{Kind: mapper.Int, Bits: 8}, [4]string{"integer", "smallint", "tinyint", "tinyint"}},
		{mapper.Type{Kind: mapper.Int, Bits: 32}, [4]string{"integer", "integer", "int", "int"}},
		{mapper.Type{Kind: mapper.Int, Bits: 64}, [4]string{"integer", "bigint", "bigint", "bigint"}},
		{mapper.Type{Kind: mapper.Uint, Bits: 16}, [4]string{"integer", "integer", "smallint unsigned", "smallint unsigned"}},
		{mapper.Type{Kind: mapper.Uint, Bits: 64}, [4]string{"integer", "bigint", "bigint unsigned", "bigint unsigned"}},
		{mapper.Type{Kind: mapper.Float, Bits: 32}, [4]string{"real", "real", "float", "float"}},
		{mapper.Type{Kind: mapper.Float, Bits: 64}, [4]string{"real", "double precision", "double", "double"}},
		{mapper.Type{Kind: mapper.DecimalKind, Precision: 10, Scale: 2}, [4]string{"numeric(10,2)", "numeric(10,2)", "decimal(10,2)", "decimal(10,2)"}},
		{mapper.Type{Kind: mapper.String}, [4]string{"text", "text", "longtext", "longtext"}},
		{mapper.Type{Kind: mapper.String, Length: 80}, [4]string{"text", "varchar(80)", "varchar(80)", "varchar(80)"}},
		{mapper.Type{Kind: mapper.String, Length: 20000}, [4]string{"text", "varchar(20000)", "longtext", "longtext"}},
		{mapper.Type{Kind: mapper.Bytes}, [4]string{"blob", "bytea", "longblob", "longblob"}},
		{mapper.Type{Kind: mapper.Bytes, Length: 16, Fixed: true}, [4]string{"blob", "bytea", "binary(16)", "binary(16)"}},
		{mapper.Type{Kind: mapper.Time, Precision: 3}, [4]string{"text", "timestamptz(3)", "datetime(3)", "datetime(3)"}},
		{mapper.Type{Kind: mapper.Date}, [4]string{"text", "date", "date", "date"}},
		{mapper.Type{Kind: mapper.Duration}, [4]string{"integer", "bigint", "bigint", "bigint"}},
		{mapper.Type{Kind: mapper.UUIDKind}, [4]string{"text", "uuid", "char(36)", "char(36)"}},
		{mapper.Type{Kind: mapper.ULIDKind}, [4]string{"text", "varchar(26)", "char(26)", "char(26)"}},
		{mapper.Type{Kind: mapper.ObjectIDKind}, [4]string{"text", "varchar(24)", "char(24)", "char(24)"}},
		{mapper.Type{Kind: mapper.JSON}, [4]string{"text", "jsonb", "json", "json"}},
		{mapper.Type{Kind: mapper.Array, Elem: &mapper.Type{Kind: mapper.String}}, [4]string{"text", "text[]", "json", "json"}},
		{mapper.Type{Kind: mapper.String, NativeEnum: "mood", Enum: []any{"sad", "o'k"}}, [4]string{"text", `"mood"`, "enum('sad','o''k')", "enum('sad','o''k')"}},
	} {
		p := &mapper.Property{Entity: &mapper.Entity{}}
		for i, d := range sql.Dialects() {
			if got := d.ColumnType(&mapper.Column{Type: &c.t, Property: p}); got != c.want[i] {
				t.Errorf("%s: kind %d: %s, want %s", d.Name(), c.t.Kind, got, c.want[i])
			}
		}
	}
}

func TestColumnTypeOfKeysAndOverrides(t *testing.T) {
	text := &mapper.Type{Kind: mapper.String}
	unique := &mapper.Column{Type: text, Property: &mapper.Property{Entity: &mapper.Entity{}, Unique: true}}
	if got := sql.MySQL().ColumnType(unique); got != "varchar(255)" {
		t.Errorf("unique text on MySQL is %s; an index needs a length", got)
	}
	own := &mapper.Column{Type: text, Property: unique.Property, SQLType: map[string]string{"": "citext", "mysql": "tinytext"}}
	if a, b := sql.Postgres().ColumnType(own), sql.MySQL().ColumnType(own); a != "citext" || b != "tinytext" {
		t.Errorf("overrides: %s, %s", a, b)
	}
}

func TestCollations(t *testing.T) {
	text := &mapper.Column{Type: &mapper.Type{Kind: mapper.String}}
	uuid := &mapper.Column{Type: &mapper.Type{Kind: mapper.UUIDKind}}
	number := &mapper.Column{Type: &mapper.Type{Kind: mapper.Int}}
	declared := &mapper.Column{Type: text.Type, Collation: "latin1_swedish_ci"}
	for _, c := range []struct {
		d       *sql.Dialect
		col     *mapper.Column
		coll, x string
	}{
		{sql.SQLite(), text, "", ""}, {sql.Postgres(), text, "C", ""}, {sql.MySQL(), text, "utf8mb4_0900_bin", "utf8mb4"},
		{sql.MariaDB(), text, "utf8mb4_nopad_bin", "utf8mb4"}, {sql.Postgres(), uuid, "", ""}, {sql.MariaDB(), uuid, "ascii_bin", "ascii"},
		{sql.MariaDB(), number, "", ""}, {sql.MariaDB(), declared, "latin1_swedish_ci", "latin1"}, {sql.Postgres(), declared, "latin1_swedish_ci", ""},
	} {
		if coll, charset := c.d.Collation(c.col); coll != c.coll || charset != c.x {
			t.Errorf("%s: %q %q, want %q %q", c.d.Name(), coll, charset, c.coll, c.x)
		}
	}
}

func TestEncode(t *testing.T) {
	at := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	id := mapper.UUID{0: 0xab, 15: 1}
	list := []any{"a", `b"\`, nil}
	for _, c := range []struct {
		t    mapper.Type
		v    any
		want [4]any
	}{
		{mapper.Type{Kind: mapper.Bool}, true, [4]any{int64(1), true, int64(1), int64(1)}},
		{mapper.Type{Kind: mapper.Int}, int64(7), [4]any{int64(7), int64(7), int64(7), int64(7)}},
		{mapper.Type{Kind: mapper.Uint}, uint64(7), [4]any{int64(7), int64(7), uint64(7), uint64(7)}},
		{mapper.Type{Kind: mapper.DecimalKind}, mapper.Decimal("1.50"), [4]any{1.5, "1.50", "1.50", "1.50"}},
		{mapper.Type{Kind: mapper.Time, Precision: 3}, at, [4]any{"0001-01-01T00:00:00.000Z", at, "0001-01-01 00:00:00.000", "0001-01-01 00:00:00.000"}},
		{mapper.Type{Kind: mapper.Time}, at, [4]any{"0001-01-01T00:00:00Z", at, "0001-01-01 00:00:00", "0001-01-01 00:00:00"}},
		{mapper.Type{Kind: mapper.Time, Layout: time.DateTime}, at, [4]any{"0001-01-01 00:00:00", at, "0001-01-01 00:00:00", "0001-01-01 00:00:00"}},
		{mapper.Type{Kind: mapper.Date}, at, [4]any{"0001-01-01", at, "0001-01-01", "0001-01-01"}},
		{mapper.Type{Kind: mapper.UUIDKind}, id, [4]any{id.String(), [16]byte(id), id.String(), id.String()}},
		{mapper.Type{Kind: mapper.ULIDKind}, mapper.ULID{15: 31}, [4]any{"0000000000000000000000000Z", "0000000000000000000000000Z", "0000000000000000000000000Z", "0000000000000000000000000Z"}},
		{mapper.Type{Kind: mapper.ObjectIDKind}, mapper.ObjectID{11: 255}, [4]any{"0000000000000000000000ff", "0000000000000000000000ff", "0000000000000000000000ff", "0000000000000000000000ff"}},
		{mapper.Type{Kind: mapper.JSON}, []byte(`{"a":1}`), [4]any{`{"a":1}`, `{"a":1}`, `{"a":1}`, `{"a":1}`}},
		{mapper.Type{Kind: mapper.Array, Elem: &mapper.Type{Kind: mapper.String}}, list[:2], [4]any{`["a","b\"\\"]`, []string{"a", `b"\`}, `["a","b\"\\"]`, `["a","b\"\\"]`}},
		{mapper.Type{Kind: mapper.Array, Elem: &mapper.Type{Kind: mapper.DecimalKind}}, []any{mapper.Decimal("1.5"), nil}, [4]any{`[1.5,null]`, `{"1.5",NULL}`, `["1.5",null]`, `["1.5",null]`}},
		{mapper.Type{Kind: mapper.Array, Elem: &mapper.Type{Kind: mapper.Float}}, []any{float64(1e21), float64(2)}, [4]any{`[1e+21,2.0]`, []float64{1e21, 2}, `[1e+21,2.0]`, `[1e+21,2.0]`}},
		{mapper.Type{Kind: mapper.String}, nil, [4]any{nil, nil, nil, nil}},
	} {
		for i, d := range sql.Dialects() {
			got, err := d.Encode(&c.t, c.v)
			if err != nil || !reflect.DeepEqual(got, c.want[i]) {
				t.Errorf("%s: kind %d: %T(%v), %v; want %T(%v)", d.Name(), c.t.Kind, got, got, err, c.want[i], c.want[i])
			}
		}
	}
}

func TestEncodeRefusesForeignForms(t *testing.T) {
	for _, c := range []struct {
		kind mapper.ValueKind
		v    any
	}{{mapper.Bool, "x"}, {mapper.DecimalKind, 1}, {mapper.UUIDKind, "x"}, {mapper.JSON, 1}} {
		if got, err := sql.SQLite().Encode(&mapper.Type{Kind: c.kind}, c.v); !errors.Is(err, sql.ErrArgument) {
			t.Errorf("kind %d takes %T: %v, %v", c.kind, c.v, got, err)
		}
	}
}

func TestBindMistakes(t *testing.T) {
	st := &sql.Statement{Text: "?", Uses: []sql.Use{{Slot: 1}, {Slot: conditions.NoSlot, Const: "c"}}}
	if _, err := st.Bind(nil, []any{1}); !errors.Is(err, sql.ErrArgument) {
		t.Errorf("a slot without a value: %v", err)
	}
	got, err := st.Bind([]any{"first"}, []any{1, nil})
	if err != nil || fmt.Sprint(got) != "[first <nil> c]" {
		t.Errorf("%v %v", got, err)
	}
}

func TestQuote(t *testing.T) {
	if a, b := sql.Postgres().Quote(`a"b`), sql.MySQL().Quote("a`b"); a != `"a""b"` || b != "`a``b`" {
		t.Errorf("%s %s", a, b)
	}
}
