package env

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/mapper/gotypes"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/schema"
)

// Failure is an error as --json prints it.
type Failure struct {
	// Class is a word that stays the same: that of the first of the classes below, else
	// "failure", "mistake" or "difference", as the exit code says.
	Class string `json:"class"`
	// ExitCode is what the program ends with.
	ExitCode int `json:"exit_code"`
	// Message is what is printed without --json.
	Message string `json:"message"`
	// Names are the files it is about, Remedy how to go on.
	Names  []string `json:"names,omitempty"`
	Remedy string   `json:"remedy,omitempty"`
	// Statement is the one that failed.
	Statement *FailedStatement `json:"statement,omitempty"`
	// Obstacles are the rows in the way of a migration.
	Obstacles []migrate.Obstacle `json:"obstacles,omitempty"`
	// Database is what the database said.
	Database *DatabaseError `json:"database,omitempty"`
}

// FailedStatement is a statement of a migration that failed.
type FailedStatement struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Number int    `json:"number"`
	Of     int    `json:"of"`
	SQL    string `json:"sql"`
	// Kept reports that what was run before it stays, Unsure that it may have been run itself.
	Kept   bool `json:"kept"`
	Unsure bool `json:"unsure"`
}

// DatabaseError is what a database said: its class in weft's words, and its own code.
type DatabaseError struct {
	Class string `json:"class"`
	Code  string `json:"code,omitempty"`
}

// A class is an error that a failure is named after.
type class struct {
	err  error
	name string
}

// classes are named after the errors themselves, without Err.
var classes = []class{
	{ErrNoDatabase, "no_database"}, {ErrDeclined, "declined"},
	{migrate.ErrFile, "file"}, {migrate.ErrDuplicate, "duplicate"}, {migrate.ErrVersion, "version"}, {migrate.ErrEdited, "edited"},
	{migrate.ErrAhead, "ahead"}, {migrate.ErrOutOfOrder, "out_of_order"}, {migrate.ErrDestructive, "destructive"}, {migrate.ErrObstructed, "obstructed"}, {migrate.ErrNoDown, "no_down"},
	{migrate.ErrHalfway, "halfway"}, {migrate.ErrHistory, "history"}, {migrate.ErrLocked, "locked"}, {migrate.ErrStale, "stale"},
	{migrate.ErrStatement, "statement"}, {migrate.ErrEngine, "engine"},
	{schema.ErrUnsettled, "unsettled"}, {schema.ErrObject, "object"}, {schema.ErrLocked, "locked"}, {schema.ErrNoSchema, "no_schema"}, {schema.ErrUnsupported, "unsupported"}, {schema.ErrArgument, "argument"},
	{gotypes.ErrPackage, "package"}, {gotypes.ErrNoEntities, "no_entities"}, {gotypes.ErrUnknownEntity, "unknown_entity"},
	{mapper.ErrMapping, "mapping"}, {mapper.ErrValue, "value"},
}

// databaseClasses are those of package driver.
var databaseClasses = []class{
	{driver.ErrUniqueViolation, "unique_violation"}, {driver.ErrForeignKeyViolation, "foreign_key_violation"}, {driver.ErrNotNullViolation, "not_null_violation"},
	{driver.ErrCheckViolation, "check_violation"}, {driver.ErrDeadlock, "deadlock"}, {driver.ErrSerialization, "serialization"}, {driver.ErrLockTimeout, "lock_timeout"},
	{driver.ErrConnection, "connection"}, {driver.ErrCommitUnknown, "commit_unknown"}, {driver.ErrSyntax, "syntax"}, {driver.ErrUndefined, "undefined"},
	{driver.ErrReadOnly, "read_only"}, {driver.ErrDiskFull, "disk_full"}, {driver.ErrOutOfRange, "out_of_range"}, {driver.ErrUnsupported, "unsupported"},
	{driver.ErrCanceled, "canceled"}, {driver.ErrDoomed, "doomed"}, {driver.ErrOther, "other"},
}

// nameOf is the name of the first class that an error is of.
func nameOf(err error, list []class) string {
	for _, c := range list {
		if errors.Is(err, c.err) {
			return c.name
		}
	}
	return ""
}

// NewFailure describes an error.
func NewFailure(err error) *Failure {
	f := &Failure{Class: nameOf(err, classes), ExitCode: ExitCode(err), Message: err.Error()}
	if own, ok := errors.AsType[*migrate.Error](err); ok {
		f.Names, f.Remedy = own.Names, own.Remedy
	}
	if s, ok := errors.AsType[*migrate.StatementError](err); ok {
		f.Names, f.Remedy = []string{s.Name}, s.Remedy()
		f.Statement = &FailedStatement{s.Name, s.Line, s.Number, s.Of, s.SQL, s.Kept, s.Unsure}
	}
	if o, ok := errors.AsType[*migrate.ObstacleError](err); ok {
		f.Names, f.Remedy, f.Obstacles = []string{o.Name}, o.Obstacles[0].Remedy, o.Obstacles
	}
	if r, ok := errors.AsType[*migrate.RunError](err); ok {
		f.Remedy = r.Remedy()
		if r.Name != "" {
			f.Names = []string{r.Name}
		}
	}
	if name := nameOf(err, databaseClasses); name != "" {
		f.Database = &DatabaseError{Class: name}
		if own, ok := errors.AsType[*driver.Error](err); ok {
			f.Database.Code = own.Code
		}
	}
	if f.Class == "" {
		f.Class = map[int]string{ExitFailure: "failure", ExitMistake: "mistake", ExitDifference: "difference"}[f.ExitCode]
	}
	return f
}

// Fail prints an error to Err, as an object of JSON on a line of its own with --json, and
// returns the code to end with.
func (e *Env) Fail(err error) int {
	code := ExitCode(err)
	switch {
	case e.JSON:
		e.line(map[string]*Failure{"error": NewFailure(err)})
	case code == ExitDifference || errors.Is(err, ErrDeclined):
		fmt.Fprintln(e.Err, err)
	default:
		fmt.Fprintf(e.Err, "weft: %v\n", err)
	}
	return code
}

// Notice prints to Err what is good to know and is no failure, as an object of JSON on a
// line of its own with --json.
func (e *Env) Notice(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if e.JSON {
		e.line(map[string]string{"notice": text})
		return
	}
	fmt.Fprintf(e.Err, "weft: %s\n", text)
}

// line prints an object of JSON without line ends in it.
func (e *Env) line(v any) {
	enc := json.NewEncoder(e.Err)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		fmt.Fprintf(e.Err, "weft: %v\n", err)
	}
}
