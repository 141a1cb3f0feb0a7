package entities_test

import (
	stdsql "database/sql"
	"fmt"
	"math/big"
	"strings"
	"testing"
)

// A program reads every row of a sample through generated entities, with every
// relation, and prints counts and sums.
type program struct {
	sample, address string
	entities        []string
	hand            *stdsql.DB
}

// sources are the file of this sample, and the one that all samples share.
func (p *program) sources() (own, shared []byte) {
	engine, connector := "postgres", fmt.Sprintf("postgres.URL(%q)", p.address)
	switch {
	case strings.HasSuffix(p.sample, "sqlite"):
		engine, connector = "sqlite", fmt.Sprintf("sqlite.File(%q)", strings.TrimPrefix(p.address, "sqlite:"))
	case strings.HasSuffix(p.sample, "mariadb"):
		engine, connector = "mysql", fmt.Sprintf("mysql.DSN(%q)", p.address)
	}
	if uri, db, ok := strings.Cut(p.address, " "); ok {
		engine, connector = "mongo", fmt.Sprintf("mongo.URI(%q, %q)", uri, db)
	}
	var calls strings.Builder
	for _, style := range []string{"tags", "define"} {
		fmt.Fprintf(&calls, "\t\topen(ctx, %s, %s.Entities(), %s.Naming(), func(db *orm.DB) {\n", connector, style, style)
		for _, e := range p.entities {
			fmt.Fprintf(&calls, "\t\t\tread[%s.%s](ctx, db)\n", style, e)
		}
		calls.WriteString("\t\t})\n\t\tfmt.Println(\"end\")\n")
	}
	return []byte(fmt.Sprintf(ownText, p.sample, p.sample, engine, p.sample, calls.String())), []byte(sharedText)
}

const ownText = `package main

import (
	"context"
	"fmt"

	define "example.org/samples/%s_define"
	tags "example.org/samples/%s_tags"

	"github.com/weft-orm/weft/driver/%s"
	"github.com/weft-orm/weft/orm"
)

func init() {
	samples[%q] = func(ctx context.Context) {
%s	}
}
`

const sharedText = `package main

import (
	"context"
	"fmt"
	"math/big"
	"os"
	"reflect"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/orm"
)

// samples read one sample each.
var samples = map[string]func(context.Context){}

func main() { samples[os.Args[1]](context.Background()) }

func open(ctx context.Context, c driver.Connector, entities []any, strategy naming.Strategy, use func(*orm.DB)) {
	db, err := orm.Open(ctx, c, orm.Entities(entities...), orm.Naming(strategy))
	fail(err)
	defer db.Close()
	use(db)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read[T any](ctx context.Context, db *orm.DB) {
	e := mapper.EntityOf[T](db.Registry())
	var relations []string
	for _, r := range e.Relations {
		relations = append(relations, r.Path)
	}
	em := db.Fork()
	rows, err := orm.Find[T](ctx, em, nil, orm.Populate(relations...))
	fail(err)
	n, err := orm.Count[T](ctx, em, nil)
	fail(err)
	fmt.Printf("%s %d %d\n", e.Name, len(rows), n)
	for _, p := range e.Leaves {
		total := new(big.Rat)
		for _, row := range rows {
			v := reflect.ValueOf(row).Elem().FieldByName(p.Field)
			total.Add(total, value(v))
		}
		fmt.Printf("%s.%s %s\n", e.Name, p.Name, total.FloatString(2))
	}
}

// value counts links and texts that are there, and sums numbers.
func value(v reflect.Value) *big.Rat {
	if v.Kind() == reflect.Pointer && v.Type().Elem().Kind() != reflect.Struct || v.Kind() == reflect.Pointer && v.IsNil() {
		if v.IsNil() {
			return new(big.Rat)
		}
		v = v.Elem()
	}
	switch x := v.Addr().Interface().(type) {
	case interface{ Len() int }:
		return big.NewRat(int64(x.Len()), 1)
	case interface{ IsNil() bool }:
		if x.IsNil() {
			return new(big.Rat)
		}
		return big.NewRat(1, 1)
	case *string:
		if r, ok := new(big.Rat).SetString(*x); ok {
			return r
		}
		return big.NewRat(1, 1)
	}
	switch {
	case v.CanInt():
		return big.NewRat(v.Int(), 1)
	case v.CanUint():
		return new(big.Rat).SetInt(new(big.Int).SetUint64(v.Uint()))
	case v.CanFloat():
		return new(big.Rat).SetFloat64(v.Float())
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Pointer:
		return big.NewRat(int64(v.Len()), 1)
	case v.IsZero():
		return new(big.Rat)
	}
	return big.NewRat(1, 1)
}
`

// check compares what the program printed, for tags and then for plain structs,
// with SQL written by hand.
func (p *program) check(t *testing.T, printed string) {
	t.Helper()
	styles := strings.Split(strings.TrimSuffix(printed, "end\n"), "end\n")
	if len(styles) != 2 || styles[0] != styles[1] {
		t.Errorf("plain structs read otherwise than tagged ones:\n%s", printed)
	}
	p.compare(t, styles[0])
}

func (p *program) compare(t *testing.T, printed string) {
	t.Helper()
	got := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(printed), "\n") {
		name, rest, _ := strings.Cut(line, " ")
		if a, b, twice := strings.Cut(rest, " "); twice {
			if a != b {
				t.Errorf("%s: %s: found %s rows, counted %s", p.sample, name, a, b)
			}
			rest = a
		}
		got[name] = rest
	}
	asked := handwritten[p.sample]
	if len(asked) == 0 {
		t.Errorf("nothing is asked of %s", p.sample)
	}
	for name, query := range asked {
		var want stdsql.NullString
		if err := p.hand.QueryRowContext(t.Context(), query).Scan(&want); err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if !same(got[name], want.String) {
			t.Errorf("%s: %s is %q, and by hand %q", p.sample, name, got[name], want.String)
		}
	}
	for _, e := range p.entities {
		if _, ok := asked[e]; !ok {
			t.Errorf("%s: no SQL counts the rows of %s", p.sample, e)
		}
	}
}

func same(got, want string) bool {
	a, okA := new(big.Rat).SetString(got)
	b, okB := new(big.Rat).SetString(want)
	return okA && (okB && a.FloatString(2) == b.FloatString(2) || want == "" && a.Sign() == 0)
}
