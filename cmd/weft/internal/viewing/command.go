package viewing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/cmd/weft/internal/program"
	"github.com/weft-orm/weft/cmd/weft/studio"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/internal/address"
	"github.com/weft-orm/weft/orm"
)

// Command makes the command studio.
func Command(e *env.Env) *cobra.Command {
	c := &command{env: e}
	cmd := &cobra.Command{
		Use:   "studio",
		Short: "Open a page to try conditions, look at the model and browse data",
		Long: "studio serves a page on this machine: a playground for conditions with the statements\n" +
			"they become, the model as a diagram, the rows of the database. Without a database the\n" +
			"page has no rows. It changes nothing without --write.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context()) },
	}
	f := cmd.Flags()
	f.StringVar(&c.listen, "listen", "127.0.0.1:4500", "address to listen on; another one than this machine's own opens the page to others")
	f.BoolVar(&c.write, "write", false, "allow changes of rows")
	f.StringVar(&c.live, "live", "", "address of an application's weftweb.Debug, with its token: show its requests")
	return cmd
}

type command struct {
	env    *env.Env
	listen string
	write  bool
	live   string
}

// message is what the program is told.
type message struct {
	// Database are the arguments of the connector.
	Database []string
	Listen   string
	Options  studio.Options
}

// argument is the environment variable with what the program is told, folder where it
// seems to stand in the application's module.
const (
	argument = "WEFT_STUDIO"
	folder   = "weft_studio_program"
)

func (c *command) run(ctx context.Context) error {
	if _, _, err := net.SplitHostPort(c.listen); err != nil {
		return env.Mistakef("--listen %s: write host:port, such as 127.0.0.1:4500", c.listen)
	}
	a, err := c.env.Address()
	if err != nil && !errors.Is(err, env.ErrNoDatabase) {
		return err
	}
	m := &message{Listen: c.listen, Options: studio.Options{Write: c.write, Live: c.live}}
	if a != nil {
		m.Options.Database = a.String()
	}
	if c.env.Own != nil {
		return c.own(ctx, m)
	}
	return c.build(ctx, a, m)
}

// own serves the entities of the program that the command is mounted in.
func (c *command) own(ctx context.Context, m *message) error {
	connector, err := c.env.Connector()
	if errors.Is(err, env.ErrNoDatabase) {
		connector, err = memory.New(), nil
	}
	if err != nil {
		return err
	}
	reg, err := c.env.Registry(ctx)
	if err != nil {
		return err
	}
	return serve(ctx, connector, m, orm.Registry(reg))
}

// serve opens a database and serves its studio until the context ends.
func serve(ctx context.Context, connector driver.Connector, m *message, opts ...orm.Option) error {
	trace := studio.NewTrace()
	db, err := orm.Open(ctx, connector, append(opts, trace.Option())...)
	if err != nil {
		return err
	}
	defer db.Close()
	page, err := studio.New(db, trace, m.Options)
	if err != nil {
		return err
	}
	return page.Serve(ctx, m.Listen, os.Stderr)
}

// build makes a program of the application's entities and runs it.
func (c *command) build(ctx context.Context, a *address.Address, m *message) error {
	models, entities, err := program.Entities(ctx, c.env)
	if err != nil {
		return err
	}
	names, err := c.naming(models)
	if err != nil {
		return err
	}
	m.Options.Package = models.ImportPath
	pkg, call := "memory", "memory.New()"
	if a != nil {
		pkg, call, m.Database = program.Connect(a)
		if a.Kind == "sqlite" && !c.write {
			if m.Database[0], err = readOnly(a.Name); err != nil {
				return err
			}
		}
	}
	told, err := json.Marshal(m)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "weft-studio-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "studio.exe")
	c.env.Progress("building the studio")
	source := fmt.Sprintf(programText, models.ImportPath, pkg, argument, call, entities, names)
	if err := models.Build(ctx, folder, source, binary); err != nil {
		if ctx.Err() != nil {
			return errors.New("interrupted while the studio was built")
		}
		return fmt.Errorf("the studio of %s does not compile: %w", models.ImportPath, err)
	}
	run := exec.CommandContext(ctx, binary)
	run.Cancel = func() error { return run.Process.Signal(os.Interrupt) }
	run.Env = append(os.Environ(), argument+"="+string(told))
	run.Stdout, run.Stderr = c.env.Out, c.env.Err
	if err := run.Run(); err != nil && ctx.Err() == nil {
		return errFailed
	}
	return nil
}

// naming is the Go expression of the naming strategy: that of the flags or the configuration,
// else what the package itself says, as generated packages do.
func (c *command) naming(models *program.Package) (string, error) {
	said, err := program.Declares(models.Dir, "Naming")
	if err != nil {
		return "", err
	}
	if said && !c.env.NamingSet() {
		return "models.Naming()", nil
	}
	strategy, err := c.env.Naming()
	return fmt.Sprintf("%#v", strategy), err
}

// readOnly is the address of a SQLite file that is opened for reading; it must exist.
func readOnly(name string) (string, error) {
	abs, err := filepath.Abs(name)
	if err == nil {
		_, err = os.Stat(abs)
	}
	if err != nil {
		return "", env.Mistake(err)
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: "mode=ro"}
	return u.String(), nil
}

const programText = `package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"

	models %[1]q

	"github.com/weft-orm/weft/cmd/weft/studio"
	"github.com/weft-orm/weft/driver/%[2]s"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/orm"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := serve(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(ctx context.Context) error {
	var m struct {
		Database []string
		Listen   string
		Options  studio.Options
	}
	if err := json.Unmarshal([]byte(os.Getenv(%[3]q)), &m); err != nil {
		return err
	}
	trace := studio.NewTrace()
	db, err := orm.Open(ctx, %[4]s, orm.Entities(%[5]s), orm.Naming(%[6]s), trace.Option())
	if err != nil {
		return err
	}
	defer db.Close()
	page, err := studio.New(db, trace, m.Options)
	if err != nil {
		return err
	}
	return page.Serve(ctx, m.Listen, os.Stderr)
}

var _ naming.Strategy
`
