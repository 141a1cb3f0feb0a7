package migrate

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/driver"
)

// Classes of errors. Each is found before anything is changed, but for ErrStatement.
var (
	// ErrFile: a file cannot be read as a migration.
	ErrFile = errors.New("unusable migration file")
	// ErrDuplicate: two files have one version.
	ErrDuplicate = errors.New("two migrations have the same version")
	// ErrVersion: no file has the version asked for.
	ErrVersion = errors.New("unknown version")
	// ErrEdited: a file was changed after it was applied.
	ErrEdited = errors.New("changed after it was applied")
	// ErrAhead: the database has versions that no file has.
	ErrAhead = errors.New("the database is ahead of the files")
	// ErrOutOfOrder: a file is older than one that is applied.
	ErrOutOfOrder = errors.New("older than a migration that is applied")
	// ErrDestructive: a step destroys data, and nobody has allowed it.
	ErrDestructive = errors.New("destroys data")
	// ErrObstructed: rows are in the way of a step, and nobody has allowed it.
	ErrObstructed = errors.New("rows are in the way")
	// ErrNoDown: there is no way back from a migration.
	ErrNoDown = errors.New("has no way down")
	// ErrHalfway: a migration was run in part, and how far is not known for sure.
	ErrHalfway = errors.New("was run in part")
	// ErrHistory: the history of the database is not what the call needs.
	ErrHistory = errors.New("unexpected history")
	// ErrLocked: another program is migrating the database, and did not end in time.
	ErrLocked = errors.New("another program is migrating this database")
	// ErrStatement: the database refused a statement.
	ErrStatement = errors.New("statement failed")
	// ErrStale: the snapshot is not of the files that are there.
	ErrStale = errors.New("the snapshot is not of these files")
	// ErrEngine: the engine has no migrations.
	ErrEngine = errors.New("the engine has no versioned migrations")
)

// errProbe is a mark that cannot be read.
var errProbe = errors.New("a probe is written like this: books(isbn): select count(*) from books where isbn is null")

// Error is about one or more migrations.
type Error struct {
	// Class is one of the package's classes.
	Class error
	// Names are the files, or what else the error is about.
	Names []string
	// Remedy says how to go on; may be "".
	Remedy string
}

// Error returns "migrate: 2_b.sql: changed after it was applied; ...".
func (e *Error) Error() string {
	text := "migrate: "
	if len(e.Names) > 0 {
		text += strings.Join(e.Names, ", ") + ": "
	}
	text += e.Class.Error()
	if e.Remedy != "" {
		text += "; " + e.Remedy
	}
	return text
}

// unknownVersion is about a version that no file has.
func unknownVersion(version int64) *Error {
	return &Error{Class: ErrVersion, Names: []string{strconv.FormatInt(version, 10)}, Remedy: "weft migrate status lists the versions"}
}

// Unwrap gives the class.
func (e *Error) Unwrap() error { return e.Class }

// StatementError is a statement of a migration that failed. It is an [ErrStatement].
type StatementError struct {
	// Name is the file, Line where the statement begins in it.
	Name string
	Line int
	// Number is that of the statement, from 1, Of how many there are.
	Number, Of int
	// SQL is the statement.
	SQL string
	// Kept reports that the statements before it were run and cannot be taken back;
	// without it nothing of the file stays.
	Kept bool
	// Unsure reports that it is not known whether the statement itself was run.
	Unsure bool
	// Existing is the table or collection that the statement makes, where it was there
	// before and the database has no history: it was made by other means.
	Existing string
	// Err is the driver's error.
	Err error
}

// Error says what was and what was not done, and how to go on.
func (e *StatementError) Error() string {
	done := "nothing of the file was kept"
	switch {
	case e.Unsure:
		done = "it is not known whether it was run"
	case e.Kept && e.Number == 1:
		done = "nothing of the file was run"
	case e.Kept:
		done = "the statements before it were run and stay"
	}
	between := "; "
	if e.Unsure {
		between = ": "
	}
	return fmt.Sprintf("migrate: %s:%d: statement %d of %d: %v (%s%s%s)", e.Name, e.Line, e.Number, e.Of, e.Err, done, between, e.Remedy())
}

// Remedy says how to go on.
func (e *StatementError) Remedy() string {
	mend := "mend it and run it again"
	if e.Existing != "" {
		mend = e.Existing + " is there already, and the database has no history: when it has what the files make, weft migrate baseline lets it adopt them"
	}
	switch {
	case e.Unsure:
		return fmt.Sprintf("look, and say so by weft migrate log %s --statements %d or %d", e.version(), e.Number-1, e.Number)
	case e.Kept && e.Number > 1 && e.Existing == "":
		return remedyFor(e.Err, "mend this one") + ", and the next run goes on with it"
	}
	return remedyFor(e.Err, mend)
}

// version is the number that the name begins with.
func (e *StatementError) version() string {
	if version, _, ok := strings.Cut(e.Name, "_"); ok {
		return version
	}
	return "VERSION"
}

// Unwrap gives the class and the driver's error.
func (e *StatementError) Unwrap() []error { return []error{ErrStatement, e.Err} }

// RunError is a failure beside the statements of files: of the lock, of the history, of
// a commit.
type RunError struct {
	// Name is the file, "" when it is about none.
	Name string
	// Doing is what failed, Done what was and was not done.
	Doing, Done string
	// Mend says how to go on, where the database's error does not; "" is to run it again.
	Mend string
	// Err is the driver's error.
	Err error
}

// Error says what failed, what was done, and how to go on.
func (e *RunError) Error() string {
	text := "migrate: "
	if e.Name != "" {
		text += e.Name + ": "
	}
	return fmt.Sprintf("%s%s: %v (%s; %s)", text, e.Doing, e.Err, e.Done, e.Remedy())
}

// Remedy says how to go on.
func (e *RunError) Remedy() string { return remedyFor(e.Err, cmp.Or(e.Mend, "run it again")) }

// Unwrap gives the driver's error.
func (e *RunError) Unwrap() error { return e.Err }

// remedyFor says how to go on after an error of the database; mend is for a statement that it refused.
func remedyFor(err error, mend string) string {
	switch {
	case errors.Is(err, driver.ErrReadOnly):
		return "the user has not the right to do this: grant it, or run it as another user"
	case errors.Is(err, driver.ErrDiskFull):
		return "make room on the disk and run it again"
	case errors.Is(err, driver.ErrConnection):
		return "the connection was lost: run it again"
	case errors.Is(err, driver.ErrCanceled):
		return "it was stopped: run it again"
	}
	return mend
}
