package commands

import (
	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/cmd/weft/internal/root"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/seed"
)

// Options are what the application gives.
type Options struct {
	// Entities are those of orm.Entities.
	Entities []any
	// Mapping are the options of the registry; its Limits are those of the
	// database when they are nil.
	Mapping mapper.Options
	// Connector is the database; nil takes that of --database, the environment or weft.yaml.
	Connector driver.Connector
	// Seeders are those of the command seed.
	Seeders []seed.Seeder
	// Steps are the migrations written in Go; see migrate.Step.
	Steps []*migrate.File
	// Scratch is an empty database for weft migrate diff and check, which may be written
	// to and is thrown away; nil makes one on the server of --database.
	Scratch driver.Connector
}

// New returns a command "weft" with all groups of commands below it. Change its
// Use to name it otherwise. Errors are returned by the application's Execute;
// [ExitCode] gives the code to end with.
func New(opts Options) *cobra.Command {
	e := env.Standard()
	e.Own = &env.Program{
		Connector: opts.Connector, Steps: opts.Steps, Scratch: opts.Scratch, Seeders: opts.Seeders,
		Registry: func(limits *mapper.Limits) (*mapper.Registry, error) {
			mapping := opts.Mapping
			if mapping.Limits == nil {
				mapping.Limits = limits
			}
			return mapper.Build(mapping, opts.Entities...)
		},
	}
	cmd := root.Command(e)
	e.In, e.Out, e.Err = &stream{cmd}, &stream{cmd}, &errStream{cmd}
	return cmd
}

// stream is the streams of the tree that the command is mounted in, which are set later.
type stream struct{ cmd *cobra.Command }

// Read implements io.Reader.
func (s *stream) Read(p []byte) (int, error) { return s.cmd.InOrStdin().Read(p) }

// Write implements io.Writer.
func (s *stream) Write(p []byte) (int, error) { return s.cmd.OutOrStdout().Write(p) }

type errStream struct{ cmd *cobra.Command }

// Write implements io.Writer.
func (s *errStream) Write(p []byte) (int, error) { return s.cmd.ErrOrStderr().Write(p) }

// ExitCode returns the exit code for an error of a command: 0 for none, 1 for a
// failure, 2 for a mistake in flags, arguments or configuration, 3 when a check
// found a difference.
func ExitCode(err error) int { return env.ExitCode(err) }
