package logkey

// The messages are the namespaces of records.
const (
	Query       = "query"
	Transaction = "transaction"
	Discovery   = "discovery"
	Hydration   = "hydration"
)

// The attributes of records.
const (
	Entity     = "entity"
	Statement  = "statement"
	Params     = "params"
	Rows       = "rows"
	Sent       = "sent"
	Took       = "took"
	Slow       = "slow"
	Server     = "server"
	Tx         = "tx"
	Error      = "error"
	Event      = "event"
	Savepoint  = "savepoint"
	Isolation  = "isolation"
	ReadOnly   = "read_only"
	Statements = "statements"
	Entities   = "entities"
	Relation   = "relation"
	Loads      = "loads"
	Hint       = "hint"
)
