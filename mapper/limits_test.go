package mapper_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/rel"
)

// Ledger declares more than some databases keep.
type Ledger struct {
	_       struct{} `orm:"table=ledgers_of_the_very_long_name,index=total|paid,check='total > 0'"`
	ID      int64
	Total   string   `orm:",type=decimal,precision=20,scale=2"`
	Parts   []string `orm:",type=decimal,precision=16,scale=2"`
	Free    string   `orm:",type=decimal"`
	Whole   big.Int
	Paid    time.Time `orm:",precision=9"`
	Made    time.Time
	Legacy  time.Time `orm:",precision=9,layout='2006-01-02 15:04:05.999999999'"`
	Count   uint64    `orm:"a_column_of_a_name_too_long"`
	Entries rel.Collection[Posting]
}

type Posting struct{ ID int64 }

func ledgers(t *testing.T, limits *mapper.Limits) (*mapper.Registry, error) {
	t.Helper()
	return mapper.Build(mapper.Options{Limits: limits}, Ledger{}, Posting{})
}

const beyondLedger = `mapper: 8 mistakes in the mapping
	mapper_test.Ledger: the table name ledgers_of_the_very_long_name is longer than 20 bytes
	mapper_test.Ledger.Total: a decimal of 20 digits is more than the database keeps exactly, 15
	mapper_test.Ledger.Parts: a decimal of 16 digits is more than the database keeps exactly, 15
	mapper_test.Ledger.Paid: a time of 9 fractional digits is more than the database keeps, 3
	mapper_test.Ledger.Count: the column name a_column_of_a_name_too_long is longer than 20 bytes
	mapper_test.Ledger.Entries: the join table name ledger_of_the_entries_in_it is longer than 20 bytes
	mapper_test.Ledger.Entries: the column name the_identity_of_a_ledger is longer than 20 bytes
	mapper_test.Ledger: the index name the_index_of_them_all_and_more is longer than 20 bytes`

func TestLimits(t *testing.T) {
	small := mapper.Limits{Name: 20, Digits: 15, TimePrecision: 3, Uint: math.MaxInt64}
	def := mapper.Define[Ledger](func(e *mapper.Builder[Ledger]) {
		e.Index(mapper.IndexDefinition{Name: "the_index_of_them_all_and_more", Properties: []string{"count"}})
		mapper.Field(e, func(l *Ledger) *rel.Collection[Posting] { return &l.Entries }).Pivot("ledger_of_the_entries_in_it").JoinColumns("the_identity_of_a_ledger")
	})
	_, err := mapper.Build(mapper.Options{Limits: &small}, def, Posting{})
	if err == nil || !errors.Is(err, mapper.ErrMapping) || err.Error() != beyondLedger {
		t.Errorf("got %v", err)
	}
}

func TestDefaultsKeepWithinLimits(t *testing.T) {
	reg, err := ledgers(t, &mapper.Limits{Digits: 34, TimePrecision: 9, Uint: math.MaxInt64})
	if err != nil {
		t.Fatal(err)
	}
	e := reg.Entity("Ledger")
	for name, want := range map[string]int{"free": 19, "whole": 34, "made": 6, "paid": 9} {
		if got := e.Property(name).Type.Precision; got != want {
			t.Errorf("%s: precision %d, want %d", name, got, want)
		}
	}
	reg, err = mapper.Build(mapper.Options{Limits: &mapper.Limits{Digits: 15, TimePrecision: 3}}, Draft{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"free": 15, "made": 3} {
		if got := reg.Entity("Draft").Property(name).Type.Precision; got != want {
			t.Errorf("%s: precision %d, want %d", name, got, want)
		}
	}
	count := e.Property("count").Type
	if _, err := count.Convert(uint64(math.MaxInt64) + 1); !errors.Is(err, mapper.ErrValue) {
		t.Errorf("Convert: %v", err)
	}
	if err := count.Check(uint64(math.MaxUint64)); !errors.Is(err, mapper.ErrValue) {
		t.Errorf("Check: %v", err)
	}
	if v, err := count.Convert(uint64(math.MaxInt64)); err != nil || v != uint64(math.MaxInt64) {
		t.Errorf("Convert: %v, %v", v, err)
	}
}

// Draft declares no digits.
type Draft struct {
	ID   int64
	Free string `orm:",type=decimal"`
	Made time.Time
}

func TestIndexNamesKeepWithinLimits(t *testing.T) {
	for limit, want := range map[int]string{
		0:  "ledgers_of_the_very_long_name_total_paid_idx",
		40: "ledgers_of_the_very_long_hqv74bfy3az_idx",
	} {
		for range 3 {
			reg, err := ledgers(t, &mapper.Limits{Name: limit})
			if err != nil {
				t.Fatal(err)
			}
			if got := reg.Entity("Ledger").Indexes[0].Name; got != want {
				t.Errorf("limit %d: %s, want %s", limit, got, want)
			}
		}
	}
}

// A registry built for no database is held against one later.
func TestCheckOfARegistry(t *testing.T) {
	reg, err := ledgers(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := reg.Check(mapper.Limits{Name: naming.MaxPostgres, Digits: 65, TimePrecision: 9}); err != nil {
		t.Error(err)
	}
	err = reg.Check(mapper.Limits{Name: 24, Digits: 34})
	want := strings.Join([]string{
		"mapper: 5 mistakes in the mapping",
		"mapper_test.Ledger: the table name ledgers_of_the_very_long_name is longer than 24 bytes",
		"mapper_test.Ledger.Whole: a decimal of 65 digits is more than the database keeps exactly, 34",
		"mapper_test.Ledger.Count: the column name a_column_of_a_name_too_long is longer than 24 bytes",
		"mapper_test.Ledger: the index name ledgers_of_the_very_long_name_total_paid_idx is longer than 24 bytes",
		"mapper_test.Ledger: the check name ledgers_of_the_very_long_name_hf3xno63p3p_check is longer than 24 bytes",
	}, "\n\t")
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
