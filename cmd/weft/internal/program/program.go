package program

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
	"github.com/weft-orm/weft/internal/address"
	"github.com/weft-orm/weft/mapper"
)

// Package is a package as go list describes it.
type Package struct {
	ImportPath string
	Name       string
	Dir        string
	Module     struct{ Path, Dir string }
}

// Build compiles source as a main package of the module of p into the file binary. There is
// no such folder as the program seems to stand in: the go command is told of one by an
// overlay. A requirement that the module lacks, such as that of a database driver, is added
// to a copy of its go.mod.
func (p *Package) Build(ctx context.Context, folder, source, binary string) error {
	dir := filepath.Dir(binary)
	main, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(p.Module.Dir, folder, "main.go"): main}})
	if err != nil {
		return err
	}
	if err := errors.Join(os.WriteFile(main, []byte(source), 0o600), os.WriteFile(overlay, text, 0o600)); err != nil {
		return err
	}
	run := func(more ...string) error {
		args := append([]string{"build", "-ldflags=-s -w", "-overlay", overlay, "-o", binary}, more...)
		build := exec.CommandContext(ctx, "go", append(args, p.Module.Path+"/"+folder)...)
		build.Dir = p.Module.Dir
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("%s", bytes.TrimSpace(out))
		}
		return nil
	}
	first := run()
	if first == nil || ctx.Err() != nil {
		return first
	}
	mod := modFile(ctx, p.Module.Dir, dir)
	if mod == "" || run("-mod=mod", "-modfile", mod) != nil {
		return first
	}
	return nil
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o600)
}

// Entities returns the package of the entities, and the Go expression that lists them in a
// file that imports it as models.
func Entities(ctx context.Context, e *env.Env) (*Package, string, error) {
	dir, err := e.Models()
	if err != nil {
		return nil, "", err
	}
	models, err := List(ctx, dir)
	if err != nil {
		return nil, "", err
	}
	found, err := Declares(models.Dir, "Entities")
	if err != nil {
		return nil, "", env.Mistake(err)
	}
	if found {
		return models, "models.Entities()...", nil
	}
	reg, _, err := e.Source(ctx, nil)
	if err != nil {
		return nil, "", err
	}
	var names []string
	for _, entity := range reg.Entities() {
		name, own := exported(entity, models.ImportPath)
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

// List asks the go command about the package in a folder. A go.mod that is not tidy, as after
// generated code came in, is read as it would be when it is.
func List(ctx context.Context, dir string) (*Package, error) {
	out, err := list(ctx, dir)
	if err != nil {
		if tidy, failed := os.MkdirTemp("", "weft-list-*"); failed == nil {
			defer os.RemoveAll(tidy)
			if mod := modFile(ctx, dir, tidy); mod != "" {
				if again, failed := list(ctx, dir, "-mod=mod", "-modfile", mod); failed == nil {
					out, err = again, nil
				}
			}
		}
	}
	if err != nil {
		return nil, env.Mistake(fmt.Errorf("there is no Go package in %s: %w", strconv.Quote(dir), err))
	}
	p := &Package{}
	if err := json.Unmarshal(out, p); err != nil {
		return nil, err
	}
	if p.Module.Dir == "" || p.Name == "main" {
		return nil, env.Mistakef("%s is not a package that a program of its module can import", dir)
	}
	return p, nil
}

func list(ctx context.Context, dir string, flags ...string) ([]byte, error) {
	args := append([]string{"list"}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, "-json=ImportPath,Name,Dir,Module", ".")...)
	cmd.Dir = dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.New(reason(err, errs.String()))
	}
	return out, nil
}

// modFile copies the go.mod and go.sum that hold for a folder into another one, and returns
// the name of the copy, "" where there are none.
func modFile(ctx context.Context, dir, to string) string {
	cmd := exec.CommandContext(ctx, "go", "env", "GOMOD")
	cmd.Dir = dir
	out, err := cmd.Output()
	mod := strings.TrimSpace(string(out))
	if err != nil || filepath.Base(mod) != "go.mod" {
		return ""
	}
	copied := filepath.Join(to, "go.mod")
	if copyFile(mod, copied) != nil {
		return ""
	}
	_ = copyFile(filepath.Join(filepath.Dir(mod), "go.sum"), filepath.Join(to, "go.sum")) // a module can be without
	return copied
}

func reason(err error, text string) string {
	if text = strings.TrimSpace(text); text != "" {
		return text
	}
	return err.Error()
}

// Declares reports a function of that name without parameters in a folder.
func Declares(dir, name string) (bool, error) {
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

// Connect returns how a program connects to an address: the driver's package, and the
// expression that makes the connector of the arguments, which it has as m.Database.
func Connect(a *address.Address) (driver, call string, arguments []string) {
	driver, function, arguments := a.Program()
	call = driver + "." + function + "(m.Database[0])"
	if len(arguments) > 1 {
		call = driver + "." + function + "(m.Database[0], m.Database[1])"
	}
	return driver, call, arguments
}
