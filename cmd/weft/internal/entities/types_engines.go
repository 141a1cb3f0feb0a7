package entities

import (
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// postgresType maps a type of PostgreSQL.
func postgresType(text string) goType {
	t := parseType(text)
	elem := postgresScalar(t, text)
	if !t.array {
		return elem
	}
	if elem.other || elem.kind.Kind == mapper.JSON || elem.kind.Kind == mapper.Bytes {
		return unknownType(text)
	}
	kind := elem.kind
	elem.name, elem.nilable, elem.senseless = "[]"+elem.name, true, false
	elem.kind = mapper.Type{Kind: mapper.Array, Elem: &kind}
	return elem
}

func postgresScalar(t columnType, text string) goType {
	switch t.base {
	case "smallint", "smallserial", "int2":
		return intType(16, false)
	case "integer", "serial", "int", "int4":
		return intType(32, false)
	case "bigint", "bigserial", "int8":
		return intType(64, false)
	case "real":
		return floatType(32)
	case "double precision":
		return floatType(64)
	case "numeric", "decimal":
		if len(t.args) == 0 {
			return decimalType(38, 10) // without limits in the database
		}
		return decimalType(t.arg(0, 19), t.arg(1, 0))
	case "text", "citext", "name", "bpchar":
		return textType(0)
	case "character varying", "varchar":
		return textType(t.arg(0, 0))
	case "character", "char":
		return textType(t.arg(0, 1))
	case "boolean":
		return simple("bool", mapper.Type{Kind: mapper.Bool})
	case "bytea":
		return bytesType(0)
	case "timestamp", "timestamptz", "timestamp without time zone", "timestamp with time zone":
		return timeType(t.arg(0, 6), 6)
	case "date":
		return dateType()
	case "uuid":
		return uuidType()
	case "json", "jsonb":
		return jsonType()
	case "time", "timetz", "time without time zone", "time with time zone", "interval", "inet", "cidr", "macaddr", "macaddr8", "tsvector",
		"tsquery", "xml", "money", "bit", "bit varying", "point", "box", "line", "lseg", "path", "polygon", "circle":
		return otherType()
	case "oid":
		return intType(64, false)
	}
	return unknownType(text)
}

// mysqlType maps a type of MySQL or MariaDB.
func mysqlType(text string) goType {
	t := parseType(text)
	switch t.base {
	case "bool", "boolean":
		return simple("bool", mapper.Type{Kind: mapper.Bool})
	case "tinyint":
		if t.arg(0, 0) == 1 && !t.unsigned {
			return simple("bool", mapper.Type{Kind: mapper.Bool})
		}
		return intType(8, t.unsigned)
	case "smallint":
		return intType(16, t.unsigned)
	case "mediumint", "int", "integer":
		return intType(32, t.unsigned)
	case "bigint":
		return intType(64, t.unsigned)
	case "float":
		return floatType(32)
	case "double", "real":
		return floatType(64)
	case "decimal", "numeric":
		return decimalType(t.arg(0, 10), t.arg(1, 0))
	case "char", "varchar":
		return textType(t.arg(0, 1))
	case "tinytext", "text", "mediumtext", "longtext", "set", "enum", "time", "inet4", "inet6":
		return textType(0)
	case "binary", "varbinary":
		return bytesType(t.arg(0, 1))
	case "tinyblob", "blob", "mediumblob", "longblob":
		return bytesType(0)
	case "date":
		return dateType()
	case "datetime", "timestamp":
		return timeType(t.arg(0, 0), 6)
	case "year":
		return intType(16, false)
	case "json":
		return jsonType()
	case "uuid":
		return uuidType()
	}
	return unknownType(text)
}

// sqliteType maps a declared type of SQLite, by its words and then by the affinity
// that SQLite makes of them. layout is how times are written there.
func sqliteType(text, layout string) goType {
	t := parseType(text)
	has := func(list ...string) bool {
		for _, w := range list {
			if strings.Contains(t.base, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("bool"):
		return simple("bool", mapper.Type{Kind: mapper.Bool})
	case t.base == "date":
		return dateType()
	case has("datetime", "timestamp"):
		if layout == "int" {
			return intType(64, false)
		}
		typ := timeType(6, 6)
		if layout != "" {
			typ.options = append(typ.options, option{"layout", layout})
			typ.kind.Layout = layout
		}
		return typ
	case has("int"), t.base == "year":
		return intType(64, false)
	case has("uuid", "guid"):
		return uuidType()
	case has("json"):
		return jsonType()
	case has("char", "clob", "text", "string"):
		return textType(t.arg(0, 0))
	case has("blob") || t.base == "":
		return bytesType(t.arg(0, 0))
	case has("real", "floa", "doub"):
		return floatType(64)
	case has("numeric", "decimal", "money"):
		return decimalType(min(t.arg(0, 15), 15), t.arg(1, 4*(1-min(len(t.args), 1))))
	case t.base == "time":
		return textType(0)
	}
	return unknownType(text)
}
