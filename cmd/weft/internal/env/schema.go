package env

import (
	"os"

	"github.com/weft-orm/weft/schema"
)

// SchemaSettings are the section "schema" of weft.yaml.
type SchemaSettings struct {
	// Ignore are patterns of tables that are not weft's.
	Ignore []string `yaml:"ignore"`
	// Objects is the folder with triggers and routines, "" for none.
	Objects string `yaml:"objects"`
}

// Schema reads the section "schema".
func (e *Env) Schema() (SchemaSettings, error) {
	var s SchemaSettings
	err := e.Section("schema", &s)
	return s, err
}

// Objects returns the option with the triggers and routines for a dialect; none where
// no folder is configured.
func (e *Env) Objects(dialect string) ([]schema.Option, error) {
	s, err := e.Schema()
	if err != nil || s.Objects == "" {
		return nil, err
	}
	if _, err := os.Stat(s.Objects); err != nil {
		return nil, Mistake(err)
	}
	list, err := schema.LoadObjects(os.DirFS(s.Objects), dialect)
	if err != nil {
		return nil, Mistake(err)
	}
	return []schema.Option{schema.Objects(list...)}, nil
}
