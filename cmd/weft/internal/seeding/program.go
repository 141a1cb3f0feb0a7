package seeding

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/cmd/weft/internal/program"
	"github.com/weft-orm/weft/seed"
)

// programFolder is where the program seems to stand in the application's module.
const programFolder = "weft_seed_program"

// argument is the environment variable with what the program is told.
const argument = "WEFT_SEED"

// message is what the program is told.
type message struct {
	Database []string
	Options  seed.Options
}

// build makes a program of the application's seeders and runs it.
func (c *command) build(ctx context.Context, names []string) (*seed.Report, error) {
	if _, err := os.Stat(c.settings.Package); errors.Is(err, os.ErrNotExist) && filepath.IsLocal(c.settings.Package) {
		return nil, env.Mistake(fmt.Errorf("there is no Go package in %q; write one with func Seeders() []seed.Seeder there, or name another by --package (docs/seeding.md)", c.settings.Package))
	}
	seeds, err := program.List(ctx, c.settings.Package)
	if err != nil {
		return nil, err
	}
	if found, err := program.Declares(seeds.Dir, "Seeders"); err != nil || !found {
		return nil, env.Mistake(errors.Join(err, fmt.Errorf("%s %w", c.settings.Package, errSeeders)))
	}
	models, entities, err := program.Entities(ctx, c.env)
	if err != nil {
		return nil, err
	}
	address, err := c.env.Address()
	if err != nil {
		return nil, err
	}
	strategy, err := c.env.Naming()
	if err != nil {
		return nil, err
	}
	driver, call, arguments := program.Connect(address)
	source := fmt.Sprintf(programText, seeds.ImportPath, models.ImportPath, driver, argument, call, entities, fmt.Sprintf("%#v", strategy))
	told, err := json.Marshal(message{arguments, seed.Options{Value: c.settings.Value, Only: names, Clear: c.clear}})
	if err != nil {
		return nil, err
	}
	return c.start(ctx, seeds, source, string(told))
}

// start builds the program and runs it.
func (c *command) start(ctx context.Context, seeds *program.Package, source, told string) (*seed.Report, error) {
	dir, err := os.MkdirTemp("", "weft-seed-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "seed.exe")
	c.env.Progress("building the seeders")
	if err := seeds.Build(ctx, programFolder, source, binary); err != nil {
		return nil, fmt.Errorf("the seeders do not compile: %w", err)
	}
	run := exec.CommandContext(ctx, binary)
	run.Env = append(os.Environ(), argument+"="+told)
	var out, errs bytes.Buffer
	run.Stdout, run.Stderr = &out, c.env.Err
	if c.env.JSON {
		run.Stderr = &errs
	}
	err = run.Run()
	said := strings.TrimSpace(errs.String())
	switch {
	case err != nil && said != "":
		return nil, fmt.Errorf("%w: %s", errFailed, said)
	case err != nil:
		return nil, errFailed
	case said != "":
		c.env.Notice("%s", said)
	}
	report := &seed.Report{}
	return report, json.Unmarshal(out.Bytes(), report)
}

const programText = `package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"

	seeds %[1]q

	models %[2]q

	"github.com/weft-orm/weft/driver/%[3]s"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/seed"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	out := os.Stdout
	os.Stdout = os.Stderr
	var m struct {
		Database []string
		Options  seed.Options
	}
	err := json.Unmarshal([]byte(os.Getenv(%[4]q)), &m)
	if err == nil {
		var db *orm.DB
		db, err = orm.Open(ctx, %[5]s, orm.Entities(%[6]s), orm.Naming(%[7]s))
		if err == nil {
			defer db.Close()
			var report *seed.Report
			report, err = seed.Execute(ctx, db, seeds.Seeders(), m.Options)
			if err == nil {
				err = json.NewEncoder(out).Encode(report)
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var _ naming.Strategy
`
