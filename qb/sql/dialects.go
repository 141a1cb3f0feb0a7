package sql

// The dialects. Printers are set in init, see goqu.go.
var (
	sqlite = Dialect{
		name: "sqlite", quote: '"',
		columnType: sqliteColumnType, nativeEnum: noNativeEnum,
		encode: sqliteEncode, lists: jsonEachLists{}, texts: sqliteTexts, json: sqliteJSON{}, elements: sqliteJSON{}, arrays: sqliteArrays, arraySize: "json_array_length(?)",
		nullsOrder: true, offsetNeedsLimit: true, writeSubqueries: true,
		collations: []string{"BINARY", "NOCASE", "RTRIM"},
		indexHint:  " INDEXED BY ", oneIndex: true, existsPerRow: true, nestedWhole: true,
		emptyTable: "DELETE FROM ",
		writes: writeForms{
			insert: eachRow, update: eachRow, delete: eachRow,
			returning: true, updateReturning: true, deleteReturning: true, emptyRow: " DEFAULT VALUES", onConflict: true, maxParams: 32766,
			longList: 32,
		},
	}
	postgres = Dialect{
		name: "postgres", quote: '"', numbered: true,
		columnType: postgresColumnType, nativeEnum: namedEnum, enumText: `CAST(? AS text) COLLATE "C"`,
		textCollation: "C", asciiCollation: "C",
		encode: postgresEncode, lists: arrayLists{}, texts: postgresTexts, json: postgresJSON{}, elements: postgresJSON{}, arrays: postgresArrays, arraySize: "cardinality(?)",
		nullsOrder: true, nullsHigh: true, rowLocks: true, lockOf: true,
		distinctOn: true, lateral: true, writeSubqueries: true,
		emptyTable: "TRUNCATE TABLE ",
		writes: writeForms{
			insert: unnested, update: unnested, delete: unnested, copies: true,
			returning: true, updateReturning: true, deleteReturning: true, emptyRow: " DEFAULT VALUES", onConflict: true, maxParams: 65535,
		},
	}
	mysql = Dialect{
		name: "mysql", quote: '`',
		columnType: mysqlColumnType, nativeEnum: listedEnum, enumText: "CONVERT(? USING utf8mb4) COLLATE utf8mb4_0900_bin",
		textCollation: "utf8mb4_0900_bin", uuidCollation: "ascii_bin", asciiCollation: "ascii_bin", charsets: true,
		encode: mysqlEncode, lists: jsonTableLists{}, texts: mysqlTexts, json: mysqlJSON{}, elements: mysqlJSON{}, arrays: mysqlArrays, arraySize: "json_length(?)",
		arrayArg: "CAST(? AS JSON)", castDecimals: true,
		offsetNeedsLimit: true, rowLocks: true, lockOf: true, lateral: true,
		indexHint:  " USE INDEX (",
		emptyTable: "TRUNCATE TABLE ",
		writes: writeForms{
			insert: manyRows, update: manyRows, delete: manyRows,
			emptyRow: " () VALUES ()", newRow: " AS weft_new", maxParams: 65535,
		},
	}
	mariadb = Dialect{
		name: "mariadb", quote: '`',
		columnType: mysqlColumnType, nativeEnum: listedEnum, enumText: "CONVERT(? USING utf8mb4) COLLATE utf8mb4_nopad_bin",
		textCollation: "utf8mb4_nopad_bin", uuidCollation: "ascii_bin", asciiCollation: "ascii_bin", charsets: true,
		encode: mysqlEncode, lists: jsonTableLists{}, texts: mariadbTexts, json: mysqlJSON{spelled: true}, elements: mysqlJSON{spelled: true}, arrays: mysqlArrays, arraySize: "json_length(?)", castDecimals: true, aggregateExists: true, longList: 1001,
		offsetNeedsLimit: true, rowLocks: true,
		indexHint:  " USE INDEX (",
		emptyTable: "TRUNCATE TABLE ",
		writes: writeForms{
			insert: manyRows, update: joinedRows, delete: manyRows,
			returning: true, deleteReturning: true, emptyRow: " () VALUES ()", maxParams: 65535,
			// From 1,000 values on (in_predicate_conversion_threshold) the server makes a
			// derived table of a list, and reads all rows of the table that is changed.
			maxListed: 999,
			// Several shorter lists are ranges all the same.
			longList: 32, pieceOfList: 512,
			// What it takes to plan a list of pairs grows with the square of its length: 500
			// of them on a join table take as long as 5,000 in lists of this length. Pairs
			// that share their first value are written as one list, see Form.
			maxTuples: 32,
		},
	}
)
