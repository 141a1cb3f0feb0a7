package driver

import (
	"errors"
	"slices"

	"github.com/weft-orm/weft/mapper"
)

// Caps is what an engine can do, as data. Code above the drivers asks for a
// capability, never for the name of an engine.
type Caps struct {
	// Name is the dialect's name for logs and golden files: "sqlite", "postgres", "mysql", "mariadb", "mongo", "memory".
	Name string
	// Transactions reports atomic sessions.
	Transactions bool
	// Pipelines reports that sessions implement the Pipeliner interface, and that it is worth using.
	Pipelines bool
	// Savepoints reports that sessions implement the Savepoints interface.
	Savepoints bool
	// ForeignKeys reports that the database checks references.
	ForeignKeys bool
	// Checks reports that the database evaluates check constraints.
	Checks bool
	// NativeScan reports that Rows.Scan is fastest with pointers to basic Go types
	// (Access.Direct); otherwise Scanner destinations are used throughout.
	NativeScan bool
	// CountsPerRow reports that Op.Affected has one element per row for updates and deletes.
	CountsPerRow bool
	// ReturnsRows reports that an insert can read back database-made values of every row.
	ReturnsRows bool
	// ReturnsIgnored reports that an insert which leaves rows in its way alone gives those
	// back as well, so that nobody could tell them from rows that it has inserted.
	ReturnsIgnored bool
	// KeyArrays reports that many-to-many links are arrays of keys on the owner.
	KeyArrays bool
	// WholeEntities reports that all of an entity stands in one place, whatever
	// tables its mapping names: a hierarchy with a table per type is kept in the
	// table (collection) of its root, and each write holds all columns of an entity.
	WholeEntities bool
	// Revisions reports that updates write only what differs inside of documents and
	// lists: their rows hold a qb.Revision for those.
	Revisions bool
	// JoinsToMany reports that a read can join to-many relations; where it cannot,
	// they are loaded by further reads whatever strategy is asked for.
	JoinsToMany bool
	// FewRoots is up to how many rows a read may have for its to-one relations to be joined
	// by the strategy "auto": with more of them a read of the targets alone is faster. 0 never
	// joins them.
	FewRoots int
	// NullsHigh reports that NULL sorts above every value where an order does not
	// say; elsewhere it sorts below. NullsLowest makes all engines alike.
	NullsHigh bool
	// OwnReferences reports that a row cannot be deleted while a foreign key of its own
	// refers to it, unless that cascades: a flush sets such a reference to NULL before.
	OwnReferences bool
	// DeferrableUnique reports unique constraints that the mapping may declare
	// deferrable; sessions implement the Deferrer interface then.
	DeferrableUnique bool
	// SessionVariables reports that sessions can have variables; RowSecurity that tables can
	// have policies, which say what rows a session sees and writes.
	SessionVariables, RowSecurity bool
	// RowLocks reports that reads can lock rows; LockOptions that NOWAIT and SKIP LOCKED exist.
	RowLocks, LockOptions bool
	// TransactionalDDL reports that schema changes roll back.
	TransactionalDDL bool
	// Language are the rules of the engine's SQL, nil where it has none: there a *qb.Text
	// does not compile.
	Language *Language
	// Isolations lists the supported isolation levels.
	Isolations []Isolation
	// Limits are what a mapping has to keep within.
	Limits mapper.Limits
}

// Check returns an error that matches ErrUnsupported when the engine lacks the
// isolation level of opts, or transactions, or variables.
func (c *Caps) Check(opts SessionOptions) error {
	unsupported := func(what string) error {
		return &Error{Class: ErrUnsupported, Engine: c.Name, Op: -1, Row: -1, Err: errors.New(what)}
	}
	if len(opts.Variables) > 0 && !c.SessionVariables {
		return unsupported("session variables")
	}
	if !opts.Transaction {
		return nil
	}
	if !c.Transactions {
		return unsupported("transactions")
	}
	if opts.Isolation != DefaultIsolation && !slices.Contains(c.Isolations, opts.Isolation) {
		return unsupported("isolation level " + string(opts.Isolation))
	}
	return nil
}
