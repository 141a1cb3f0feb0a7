package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// textTypes are the types that weft has no kind for: a property holds them as text, in
// PostgreSQL's own form, whichever way they are read. Each has the OID of its array.
var textTypes = []struct {
	name       string
	oid, array uint32
}{
	{"inet", pgtype.InetOID, pgtype.InetArrayOID},
	{"cidr", pgtype.CIDROID, pgtype.CIDRArrayOID},
	{"macaddr", pgtype.MacaddrOID, pgtype.MacaddrArrayOID},
	{"macaddr8", 774, 775},
	{"tsvector", 3614, 3643},
	{"tsquery", 3615, 3645},
	{"interval", pgtype.IntervalOID, pgtype.IntervalArrayOID},
	{"time", pgtype.TimeOID, pgtype.TimeArrayOID},
	{"timetz", 1266, 1270},
	{"bit", pgtype.BitOID, pgtype.BitArrayOID},
	{"varbit", pgtype.VarbitOID, pgtype.VarbitArrayOID},
	{"money", 790, 791},
	{"xml", 142, 143},
	{"jsonpath", 4072, 4073},
	{"pg_lsn", 3220, 3221},
	{"point", pgtype.PointOID, pgtype.PointArrayOID},
	{"line", pgtype.LineOID, pgtype.LineArrayOID},
	{"lseg", pgtype.LsegOID, pgtype.LsegArrayOID},
	{"box", pgtype.BoxOID, pgtype.BoxArrayOID},
	{"path", pgtype.PathOID, pgtype.PathArrayOID},
	{"polygon", pgtype.PolygonOID, pgtype.PolygonArrayOID},
	{"circle", pgtype.CircleOID, pgtype.CircleArrayOID},
	{"int4range", pgtype.Int4rangeOID, pgtype.Int4rangeArrayOID},
	{"int8range", pgtype.Int8rangeOID, pgtype.Int8rangeArrayOID},
	{"numrange", pgtype.NumrangeOID, pgtype.NumrangeArrayOID},
	{"daterange", pgtype.DaterangeOID, pgtype.DaterangeArrayOID},
	{"tsrange", pgtype.TsrangeOID, pgtype.TsrangeArrayOID},
	{"tstzrange", pgtype.TstzrangeOID, pgtype.TstzrangeArrayOID},
	{"int4multirange", pgtype.Int4multirangeOID, 6150},
	{"int8multirange", pgtype.Int8multirangeOID, 6157},
	{"nummultirange", pgtype.NummultirangeOID, 6151},
	{"datemultirange", pgtype.DatemultirangeOID, 6155},
	{"tsmultirange", pgtype.TsmultirangeOID, 6152},
	{"tstzmultirange", pgtype.TstzmultirangeOID, 6153},
}

// textOnly is pgx's codec of text that has no binary form, in arrays neither.
type textOnly struct{ pgtype.TextCodec }

// FormatSupported implements pgtype.Codec.
func (textOnly) FormatSupported(format int16) bool { return format == pgx.TextFormatCode }

// readAsText makes the connections of a pool exchange textTypes as text.
func readAsText(config *pgxpool.Config) {
	after := config.AfterConnect
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		for _, t := range textTypes {
			typ := &pgtype.Type{Name: t.name, OID: t.oid, Codec: textOnly{}}
			c.TypeMap().RegisterType(typ)
			c.TypeMap().RegisterType(&pgtype.Type{Name: "_" + t.name, OID: t.array, Codec: &pgtype.ArrayCodec{ElementType: typ}})
		}
		quickenArrays(c.TypeMap())
		if after != nil {
			return after(ctx, c)
		}
		return nil
	}
}
