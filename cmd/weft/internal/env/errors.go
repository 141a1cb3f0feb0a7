package env

import (
	"errors"
)

var (
	// ErrNoDatabase reports that nothing says which database is meant.
	ErrNoDatabase = errors.New("no database: give --database, WEFT_DATABASE, DATABASE_URL, or database in " + ConfigFile)
	// ErrDeclined reports that the user did not say yes.
	ErrDeclined = errors.New("nothing was done")
)

func isNoDatabase(err error) bool { return errors.Is(err, ErrNoDatabase) }
