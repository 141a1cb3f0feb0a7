package env

import (
	"os"

	"github.com/weft-orm/weft/migrate"
)

// MigrationSettings are the section "migrations" of weft.yaml.
type MigrationSettings struct {
	// Dir is the folder of the files, Table the history table.
	Dir   string `yaml:"dir"`
	Table string `yaml:"table"`
	// Scratch is the address of a server that scratch databases are made on; the
	// database's own without it. On SQLite they are temporary files.
	Scratch string `yaml:"scratch"`
	// Ignore are patterns of tables that are not weft's.
	Ignore []string `yaml:"ignore"`
	// Format is how files are named and written.
	Format migrate.Format `yaml:"format"`
	// Snapshot: the next file is planned from the snapshot in the folder, without a database.
	Snapshot bool `yaml:"snapshot"`
}

// Migrations reads the settings and the files, with the steps in Go of the mounting
// program. dir is the folder that a flag names, "" for that of the settings.
func (e *Env) Migrations(dir string) (MigrationSettings, *migrate.Set, error) {
	s := MigrationSettings{Dir: "migrations", Table: migrate.DefaultTable}
	if err := e.Section("migrations", &s); err != nil {
		return s, nil, err
	}
	if dir != "" {
		s.Dir = dir
	}
	var err error
	if s.Format, err = migrate.ParseFormat(string(s.Format)); err != nil {
		return s, nil, Mistake(err)
	}
	var steps []*migrate.File
	if e.Own != nil {
		steps = e.Own.Steps
	}
	set, err := migrate.LoadFormat(os.DirFS(s.Dir), s.Format, steps...)
	return s, set, err
}
