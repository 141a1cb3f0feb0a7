package env

import (
	"context"
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/spf13/pflag"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/seed"
)

// Env is the surroundings of a run: streams, flags, configuration, and the
// program that the commands are mounted in, if any. It serves one command at a
// time and is not safe for concurrent use.
type Env struct {
	// In, Out and Err are the streams. Results go to Out, all else to Err.
	In       io.Reader
	Out, Err io.Writer
	// Terminal reports that Err is a terminal, where progress is shown;
	// Interactive that a question can be asked and answered.
	Terminal, Interactive bool
	// Own is what the mounting program gives; nil in the program weft.
	Own *Program

	// JSON is --json: results are one JSON document on Out.
	JSON bool
	// Yes is --yes: questions are answered by yes.
	Yes bool

	models, naming, database, file string
	flags                          *pflag.FlagSet
	config                         *Config
	registry                       *mapper.Registry
}

// Program is the application that mounts the commands on its own tree.
type Program struct {
	// Registry makes the metadata of its entities for a database with limits, nil for none in particular.
	Registry func(limits *mapper.Limits) (*mapper.Registry, error)
	// Connector is its database; nil takes that of the flags and the environment.
	Connector driver.Connector
	// Seeders are those of the command seed.
	Seeders []seed.Seeder
	// Steps are its migrations in Go.
	Steps []*migrate.File
	// Scratch is an empty database that may be written to and is thrown away; nil
	// makes one on the server of the database's address.
	Scratch driver.Connector
}

// Standard returns the environment of the process.
func Standard() *Env {
	terminal := isatty.IsTerminal(os.Stderr.Fd())
	return &Env{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Terminal:    terminal,
		Interactive: terminal && isatty.IsTerminal(os.Stdin.Fd()),
	}
}

// Flags adds the flags that all commands have. It is called once, with the
// persistent flags of the root.
func (e *Env) Flags(f *pflag.FlagSet) {
	f.StringVar(&e.models, "models", ".", "directory of the Go package with the entities")
	f.StringVar(&e.naming, "naming", "underscore", "naming strategy: underscore, underscore-singular, mongo, mongo-singular or entity-case")
	f.StringVar(&e.database, "database", "", "database: sqlite:FILE, postgres://..., mysql://... or mongodb://... (else WEFT_DATABASE, DATABASE_URL, weft.yaml)")
	f.StringVar(&e.file, "config", "", "configuration file (else weft.yaml, when it is there)")
	f.BoolVar(&e.JSON, "json", false, "print results as JSON")
	f.BoolVarP(&e.Yes, "yes", "y", false, "answer questions by yes")
	e.flags = f
}

// set reports that the user gave a flag.
func (e *Env) set(name string) bool { return e.flags != nil && e.flags.Changed(name) }

// setting is the value of a flag, unless only the configuration says it.
func (e *Env) setting(flag, value, configured string) string {
	if configured != "" && !e.set(flag) {
		return configured
	}
	return value
}

// Registry returns the metadata of the entities for the database that is
// configured; without one, for no database in particular. They are read once. What of the
// source only running the program could tell is printed to Err.
func (e *Env) Registry(ctx context.Context) (*mapper.Registry, error) {
	if e.registry != nil {
		return e.registry, nil
	}
	limits, err := e.limits()
	if err != nil {
		return nil, err
	}
	reg, err := e.RegistryFor(ctx, limits)
	if err == nil {
		e.registry = reg
	}
	return reg, err
}
