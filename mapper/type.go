package mapper

// ValueKind is the kind of a scalar value. Each kind has one canonical Go form,
// the only form that conditions, change sets and drivers exchange:
//
//	kind       canonical form
//	Bool       bool
//	Int        int64
//	Uint       uint64
//	Float      float64
//	Decimal    Decimal
//	String     string
//	Bytes      []byte
//	Time       time.Time, UTC, truncated to the property's precision
//	Date       time.Time, UTC midnight
//	Duration   int64, nanoseconds
//	UUID       UUID, ULID ULID, ObjectID ObjectID
//	JSON       json.RawMessage, compact
//	Array      []any of canonical elements
//	Custom     whatever the custom type's database form is
//
// NULL is nil in every kind.
type ValueKind uint8

// The kinds of values.
const (
	Bool ValueKind = iota + 1
	Int
	Uint
	Float
	DecimalKind
	String
	Bytes
	Time
	Date
	Duration
	UUIDKind
	ULIDKind
	ObjectIDKind
	JSON
	Array
	Custom
)

// Decimal is the canonical form of an exact number: an optional minus sign,
// digits, and a fraction of exactly the property's scale.
type Decimal string

// UUID is the canonical form of a UUID.
type UUID [16]byte

// ULID is the canonical form of a ULID.
type ULID [16]byte

// ObjectID is the canonical form of a MongoDB object id.
type ObjectID [12]byte

// Type describes a scalar value: its kind and the facts that decide about
// conversion, comparison and the column type. It is immutable.
type Type struct {
	Kind ValueKind
	// GoName is the Go type as written, "time.Time", for messages.
	GoName string
	// Bits is the width of Int, Uint and Float: 8, 16, 32 or 64.
	Bits int
	// MaxUint is the greatest Uint the database keeps; 0 is what Bits says.
	MaxUint uint64
	// Years are those of Time and Date that the database keeps; the zero Years are all.
	Years Years
	// Length limits String (code points) and Bytes (bytes); 0 is unlimited.
	Length int
	// Fixed reports a byte array or text of exactly Length.
	Fixed bool
	// Precision is the number of fractional second digits of Time, or the total digits of Decimal.
	Precision int
	// Scale is the number of fraction digits of Decimal.
	Scale int
	// Layout is the text layout of a time column weft did not create, or "".
	Layout string
	// Enum lists the allowed canonical values, in declaration order; nil when any value is.
	Enum []any
	// NativeEnum names a database enum type, or "".
	NativeEnum string
	// Elem is the element type of Array.
	Elem *Type
	// SliceValue reports a Go type that is a slice or array although the value is
	// none to the database, so that a condition does not take it for a list.
	SliceValue bool
	// Shape describes the inside of JSON documents made from Go structs, nil when unknown.
	Shape []*Property
	// List reports that a document is an array: of what Shape describes, of anything where it is nil.
	List bool
	// Custom is the custom type behind kind Custom, else nil.
	Custom CustomType

	variants *variantCodec // of documents that hold one of several structs
}

// StoredKind is the kind of the values that the database has: that of the form of a
// custom type, else Kind.
func (t *Type) StoredKind() ValueKind {
	if t.Kind == Custom && t.Custom != nil {
		return t.Custom.Kind()
	}
	return t.Kind
}
