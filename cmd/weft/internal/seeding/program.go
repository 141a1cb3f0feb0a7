package seeding

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/seed"
)

// programFolder is where the program seems to stand in the application's module;
// there is no such folder, the go command is told of one by an overlay.
const programFolder = "weft_seed_program"

// argument is the environment variable with what the program is told.
const argument = "WEFT_SEED"

// message is what the program is told.
type message struct {
	Database []string
	Options  seed.Options
}

// A goPackage is a package as go list describes it.
type goPackage struct {
	ImportPath string
	Name       string
	Dir        string
	Module     struct{ Path, Dir string }
}

// build makes a program of the application's seeders and runs it.
func (c *command) build(ctx context.Context, names []string) (*seed.Report, error) {
	seeds, err := list(ctx, c.settings.Package)
	if err != nil {
		return nil, err
	}
	if found, err := declares(seeds.Dir, "Seeders"); err != nil || !found {
		return nil, env.Mistake(errors.Join(err, fmt.Errorf("%s %w", c.settings.Package, errSeeders)))
	}
	models, entities, err := c.entities(ctx)
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
	driver, function, arguments := address.Program()
	call := function + "(m.Database[0])"
	if len(arguments) > 1 {
		call = function + "(m.Database[0], m.Database[1])"
	}
	source := fmt.Sprintf(programText, seeds.ImportPath, models.ImportPath, driver, argument, driver+"."+call, entities, fmt.Sprintf("%#v", strategy))
	told, err := json.Marshal(message{arguments, seed.Options{Value: c.settings.Value, Only: names, Clear: c.clear}})
	if err != nil {
		return nil, err
	}
	return c.start(ctx, seeds, source, string(told))
}

// start builds the program and runs it.
func (c *command) start(ctx context.Context, seeds *goPackage, source, told string) (*seed.Report, error) {
	dir, err := os.MkdirTemp("", "weft-seed-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	main, overlay, binary := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "seed.exe")
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(seeds.Module.Dir, programFolder, "main.go"): main}})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(os.WriteFile(main, []byte(source), 0o600), os.WriteFile(overlay, text, 0o600)); err != nil {
		return nil, err
	}
	c.env.Progress("building the seeders")
	build := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-overlay", overlay, "-o", binary, seeds.Module.Path+"/"+programFolder)
	build.Dir = seeds.Module.Dir
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the seeders do not compile: %s", bytes.TrimSpace(out))
	}
	run := exec.CommandContext(ctx, binary)
	run.Env = append(os.Environ(), argument+"="+told)
	var out bytes.Buffer
	run.Stdout, run.Stderr = &out, c.env.Err
	if err := run.Run(); err != nil {
		return nil, errFailed
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

// entities returns the package of the entities, and the Go expression that lists them.
func (c *command) entities(ctx context.Context) (*goPackage, string, error) {
	dir, err := c.env.Models()
	if err != nil {
		return nil, "", err
	}
	models, err := list(ctx, dir)
	if err != nil {
		return nil, "", err
	}
	found, err := declares(models.Dir, "Entities")
	if err != nil {
		return nil, "", env.Mistake(err)
	}
	if found {
		return models, "models.Entities()...", nil
	}
	reg, _, err := c.env.Source(ctx, nil)
	if err != nil {
		return nil, "", err
	}
	var names []string
	for _, e := range reg.Entities() {
		name, own := exported(e, models.ImportPath)
		if !own {
			return nil, "", env.Mistake(fmt.Errorf("%s %w", dir, errEntities))
		}
		names = append(names, "models."+name+"{}")
	}
	coded, err := mentions(models.Dir, "mapper.Define")
	if err != nil || coded {
		return nil, "", env.Mistake(errors.Join(err, fmt.Errorf("%s %w", dir, errEntities)))
	}
	return models, strings.Join(names, ", "), nil
}

// exported returns the name of an entity's type where another package can write it.
func exported(e *mapper.Entity, importPath string) (string, bool) {
	name, own := strings.CutPrefix(e.GoName, importPath+".")
	return name, own && token.IsExported(name) && token.IsIdentifier(name)
}

// list asks the go command about the package in a folder.
func list(ctx context.Context, dir string) (*goPackage, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-json=ImportPath,Name,Dir,Module", ".")
	cmd.Dir = dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, env.Mistake(fmt.Errorf("there is no Go package in %s: %s", strconv.Quote(dir), reason(err, errs.String())))
	}
	p := &goPackage{}
	if err := json.Unmarshal(out, p); err != nil {
		return nil, err
	}
	if p.Module.Dir == "" || p.Name == "main" {
		return nil, env.Mistakef("%s is not a package that a program of its module can import", dir)
	}
	return p, nil
}

func reason(err error, text string) string {
	if text = strings.TrimSpace(text); text != "" {
		return text
	}
	return err.Error()
}

// declares reports a function of that name without parameters in a folder.
func declares(dir, name string) (bool, error) {
	found := false
	err := eachFile(dir, func(f *ast.File, _ []byte) {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == name && fn.Type.Params.NumFields() == 0 {
				found = true
			}
		}
	})
	return found, err
}

// mentions reports a text in the source of a folder.
func mentions(dir, text string) (bool, error) {
	found := false
	err := eachFile(dir, func(_ *ast.File, source []byte) { found = found || bytes.Contains(source, []byte(text)) })
	return found, err
}

func eachFile(dir string, do func(f *ast.File, source []byte)) error {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		do(f, source)
	}
	return nil
}
