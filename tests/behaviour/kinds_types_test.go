package behaviour_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/oklog/ulid/v2"
	"github.com/shopspring/decimal"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// Amounts has exact numbers in every form.
type Amounts struct {
	ID     int64           `orm:",assigned"`
	Cost   decimal.Decimal `orm:",precision=15,scale=4"`
	Free   *decimal.Decimal
	Null   decimal.NullDecimal      `orm:",type=decimal,precision=12,scale=2"`
	Text   string                   `orm:",type=decimal,precision=10,scale=2"`
	Number float64                  `orm:",type=decimal,precision=10,scale=3"`
	Whole  int64                    `orm:",type=decimal,precision=12"`
	Big    big.Int                  `orm:",precision=15"`
	Huge   *big.Int                 `orm:",precision=15"`
	Opt    rel.Opt[decimal.Decimal] `orm:",precision=9,scale=3"`
}

func amounts() []*Amounts {
	dec := decimal.RequireFromString
	some := dec("-0.0001")
	return []*Amounts{
		{ID: 1, Text: "0.00"},
		{
			ID: 2, Cost: dec("-99999999999.9999"), Free: &some, Null: decimal.NullDecimal{Decimal: dec("0"), Valid: true}, Text: "-0.05", Number: -0.125,
			Whole: -999999999999, Big: *big.NewInt(-999999999999999), Huge: big.NewInt(0), Opt: rel.Some(dec("0")),
		},
		{
			ID: 3, Cost: dec("10.5"), Null: decimal.NullDecimal{Decimal: dec("9.99"), Valid: true}, Text: "99999999.99", Number: 1234567.891,
			Whole: 10, Big: *big.NewInt(999999999999999), Huge: big.NewInt(-1), Opt: rel.Some(dec("-1.25")),
		},
		{ID: 4, Cost: dec("9.5000"), Text: "9.00", Number: 9, Whole: 9, Big: *big.NewInt(9)},
	}
}

func TestAmounts(t *testing.T) {
	engines(t, []any{Amounts{}}, func(t *testing.T, e engine) { kinds(t, e, amounts()) })
}

// TestWideDecimals writes as many digits as each engine keeps exactly.
func TestWideDecimals(t *testing.T) {
	type Wide struct {
		ID int64 `orm:",assigned"`
		N  big.Int
	}
	engines(t, []any{Wide{}}, func(t *testing.T, e engine) {
		digits := mapper.EntityOf[Wide](e.db.Registry()).Property("n").Type.Precision
		if limit := e.caps.Limits.Digits; limit > 0 && limit < 65 && digits != limit {
			t.Errorf("%d digits by default where the limit is %d", digits, limit)
		}
		n, _ := new(big.Int).SetString(strings.Repeat("9", digits), 10)
		kinds(t, e, []*Wide{{ID: 1, N: *n}, {ID: 2, N: *new(big.Int).Neg(n)}, {ID: 3, N: *new(big.Int).Sub(n, big.NewInt(1))}})
		em := e.db.Fork()
		em.Persist(&Wide{ID: 4, N: *n.Mul(n, big.NewInt(10))})
		if err := em.Flush(t.Context()); !errors.Is(err, mapper.ErrValue) {
			t.Errorf("a digit too many gives %v", err)
		}
	})
}

// IDs has identifiers of every kind, in the types of well-known libraries and as plain bytes and text.
type IDs struct {
	ID      int64 `orm:",assigned"`
	UUID    uuid.UUID
	UUIDPtr *uuid.UUID
	UUIDNul uuid.NullUUID `orm:",type=uuid"`
	UUIDRaw [16]byte      `orm:",type=uuid"`
	UUIDTxt string        `orm:",type=uuid"`
	ULID    ulid.ULID
	ULIDPtr *ulid.ULID
	ULIDTxt string `orm:",type=ulid"`
	OID     bson.ObjectID
	OIDPtr  *bson.ObjectID
	OIDTxt  string `orm:",type=objectid"`
	Opt     rel.Opt[uuid.UUID]
}

func ids() []*IDs {
	u1, u2 := uuid.MustParse("0190163d-8694-739b-aea5-966c26f8ad91"), uuid.MustParse("f47ac10b-58cc-4372-a567-0e02b2c3d479")
	l1, l2 := ulid.MustParse("01ARZ3NDEKTSV4RRFFQ69G5FAV"), ulid.MustParse("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
	o1, o2 := bson.ObjectID{0x66, 11: 1}, bson.ObjectID{0xff, 11: 0xff}
	return []*IDs{
		{ID: 1, UUIDTxt: uuid.Nil.String(), ULIDTxt: ulid.ULID{}.String(), OIDTxt: bson.NilObjectID.Hex()},
		{ID: 2, UUID: u2, UUIDPtr: &u1, UUIDNul: uuid.NullUUID{UUID: u2, Valid: true}, UUIDRaw: u2, UUIDTxt: u1.String(),
			ULID: l2, ULIDPtr: &l1, ULIDTxt: l2.String(), OID: o2, OIDPtr: &o1, OIDTxt: o2.Hex(), Opt: rel.Some(u1)},
		{ID: 3, UUID: u1, UUIDPtr: &u2, UUIDNul: uuid.NullUUID{Valid: true}, UUIDRaw: u1, UUIDTxt: u2.String(),
			ULID: l1, ULIDPtr: &l2, ULIDTxt: l1.String(), OID: o1, OIDPtr: &o2, OIDTxt: o1.Hex(), Opt: rel.Some(uuid.Nil)},
	}
}

func TestIDs(t *testing.T) {
	engines(t, []any{IDs{}}, func(t *testing.T, e engine) { kinds(t, e, ids()) })
}

// hue is an encoding.TextMarshaler on an integer.
type hue uint8

func (h hue) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "hue-%03d", uint8(h)), nil }

func (h *hue) UnmarshalText(text []byte) error {
	_, err := fmt.Sscanf(string(text), "hue-%03d", (*uint8)(h))
	return err
}

// words is an sql.Scanner and driver.Valuer; nil words are NULL.
type words []string

func (w words) Value() (driver.Value, error) {
	if w == nil {
		return nil, nil
	}
	return strings.Join(w, " "), nil
}

func (w *words) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		*w = nil
	case string:
		*w = strings.Fields(src)
	default:
		return fmt.Errorf("%T is no text", src)
	}
	return nil
}

// version is an sql.Scanner and driver.Valuer kept as an integer.
type version struct{ Major, Minor int64 }

func (v version) Value() (driver.Value, error) { return v.Major*1000 + v.Minor, nil }

func (v *version) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("%T is no integer", src)
	}
	v.Major, v.Minor = n/1000, n%1000
	return nil
}

// Marshalers has types that know their own text or database form.
type Marshalers struct {
	ID      int64 `orm:",assigned"`
	Addr    netip.Addr
	AddrPtr *netip.Addr
	Hue     hue
	HuePtr  *hue
	Words   words    `orm:",nullable"`
	Version version  `orm:",type=int"`
	VerPtr  *version `orm:",type=int"`
	HueOpt  rel.Opt[hue]
}

func TestMarshalers(t *testing.T) {
	home, zero := netip.MustParseAddr("127.0.0.1"), hue(0)
	rows := []*Marshalers{
		{ID: 1},
		{ID: 2, Addr: home, AddrPtr: &home, Hue: 255, HuePtr: &zero, Words: words{}, Version: version{1, 2}, VerPtr: &version{}, HueOpt: rel.Some(hue(0))},
		{ID: 3, Addr: netip.MustParseAddr("::1"), Hue: 7, Words: words{"a", "é"}, Version: version{0, 999}, VerPtr: &version{2, 0}, HueOpt: rel.Some(hue(9))},
	}
	engines(t, []any{Marshalers{}}, func(t *testing.T, e engine) { kinds(t, e, rows) })
}

// cents is money in the database form of an integer.
type money struct {
	Cents    int64
	Currency string
}

type moneyType struct{}

func (moneyType) Kind() mapper.ValueKind          { return mapper.Int }
func (moneyType) ToDatabase(v any) (any, error)   { return v.(money).Cents, nil }
func (moneyType) FromDatabase(v any) (any, error) { return money{v.(int64), "EUR"}, nil }
func (moneyType) EqualValues(a, b any) bool       { return a.(money).Cents == b.(money).Cents }
func (moneyType) ColumnTypes() map[string]string {
	return map[string]string{"postgres": "numeric(18)", "mysql": "bigint unsigned", "mariadb": "bigint unsigned"}
}

// path is a text kept reversed; its zero value is NULL.
type path string

type pathType struct{}

func (pathType) Kind() mapper.ValueKind { return mapper.String }

func (pathType) ToDatabase(v any) (any, error) {
	if p := v.(path); p != "" {
		return "path:" + string(p), nil
	}
	return nil, nil
}

func (pathType) FromDatabase(v any) (any, error) {
	if v == nil {
		return path(""), nil
	}
	return path(strings.TrimPrefix(v.(string), "path:")), nil
}

// bits is kept as bytes, point as a document.
type bits []bool

type bitsType struct{}

func (bitsType) Kind() mapper.ValueKind { return mapper.Bytes }

func (bitsType) ToDatabase(v any) (any, error) {
	out := []byte{}
	for _, bit := range v.(bits) {
		if bit {
			out = append(out, 1)
		} else {
			out = append(out, 0)
		}
	}
	return out, nil
}

func (bitsType) FromDatabase(v any) (any, error) {
	out := bits{}
	for _, b := range v.([]byte) {
		out = append(out, b == 1)
	}
	return out, nil
}

// Customs has custom types for a Go type and for one field.
type Customs struct {
	ID    int64 `orm:",assigned"`
	Price money
	Path  path `orm:",nullable"`
	Bits  bits
	Score int // kept as text of fixed width
}

type scoreType struct{}

func (scoreType) Kind() mapper.ValueKind        { return mapper.String }
func (scoreType) ToDatabase(v any) (any, error) { return fmt.Sprintf("%05d", v), nil }
func (scoreType) FromDatabase(v any) (any, error) {
	var n int
	_, err := fmt.Sscanf(v.(string), "%d", &n)
	return n, err
}

func customs(e *mapper.Builder[Customs]) {
	mapper.Field(e, func(c *Customs) *int { return &c.Score }).Custom(scoreType{})
}

func TestCustomTypes(t *testing.T) {
	rows := []*Customs{
		{ID: 1, Price: money{Currency: "EUR"}, Bits: bits{}},
		{ID: 2, Price: money{250, "EUR"}, Path: "a/b", Bits: bits{true, false}, Score: 7},
		{ID: 3, Price: money{99, "EUR"}, Path: "Z", Bits: bits{false}, Score: 12345},
	}
	options := []orm.Option{orm.CustomType[money](moneyType{}), orm.CustomType[path](pathType{}), orm.CustomType[bits](bitsType{})}
	enginesWith(t, options, []any{mapper.Define(customs)}, func(t *testing.T, e engine) {
		kinds(t, e, rows)
		em := e.db.Fork()
		c, err := orm.FindOneOrFail[Customs](t.Context(), em, 2)
		ok(t, err)
		c.Price.Currency = "USD"
		idle(t, em) // the custom type says what is equal
		c.Price.Cents++
		ok(t, em.Flush(t.Context()))
		c, err = orm.FindOneOrFail[Customs](t.Context(), e.db.Fork(), orm.M{"price": money{251, "EUR"}})
		ok(t, err)
		if c.ID != 2 {
			t.Errorf("found %d", c.ID)
		}
		_, err = orm.Find[Customs](t.Context(), em, orm.M{"path": path("")})
		want := "conditions: bind: Customs.path: the value is NULL in the database; ask for nil"
		if !errors.Is(err, conditions.ErrValue) || err.Error() != want {
			t.Errorf("a value that is NULL gives %v", err)
		}
	})
}
