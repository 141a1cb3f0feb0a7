package naming

// The longest identifiers of the databases weft knows, in bytes. Zero means that there is no limit. MySQL counts
// characters; counting bytes there is never too long.
const (
	MaxPostgres = 63
	MaxMySQL    = 64
	MaxMongo    = 127
	MaxSQLite   = 0
)
