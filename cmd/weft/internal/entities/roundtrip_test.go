package entities_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-orm/weft/cmd/weft/internal/entities"
	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/mapper/gotypes"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/schema"
)

func TestDump(t *testing.T) {
	dir := dataFolder(t)
	root, _ := filepath.Abs("../../../..")
	mod := "/tmp/gen"
	os.MkdirAll(mod, 0o755)
	gomod, _ := os.ReadFile(filepath.Join(root, "go.mod"))
	gosum, _ := os.ReadFile(filepath.Join(root, "go.sum"))
	_ = gomod
	os.WriteFile(mod+"/go.mod", []byte("module example.org/samples\n\ngo 1.26\n\nrequire github.com/weft-orm/weft v0.0.0\n\nreplace github.com/weft-orm/weft => "+root+"\n"), 0o644)
	os.WriteFile(mod+"/go.sum", gosum, 0o644)
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			c, _, _ := s.open(t, dir)
			e, err := c.Connect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			db, err := entities.Inspect(t.Context(), e, entities.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, style := range []string{"tags", "define"} {
				r, err := entities.Generate(db, entities.Options{Style: style}, nil)
				if err != nil {
					t.Fatal(err)
				}
				pkg := mod + "/" + s.name + "_" + style
				for _, f := range r.Files {
					to := pkg + "/" + f.Name
					os.MkdirAll(filepath.Dir(to), 0o755)
					os.WriteFile(to, f.Source, 0o644)
				}
				strategy, _ := naming.Parse(r.Naming)
				limits := c.(driver.Limiter).Limits()
				reg, report, err := gotypes.Load(t.Context(), pkg, gotypes.Options{Env: append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off"), Mapping: mapper.Options{Naming: strategy, Limits: &limits}})
				if err != nil {
					t.Error(err)
					continue
				}
				for _, u := range report.Unknown {
					t.Error(u)
				}
				plan, err := schema.Diff(t.Context(), env.NewTarget(reg, e))
				if err != nil {
					t.Error(err)
					continue
				}
				t.Logf("%s %s\n%s", s.name, style, plan)
			}
		})
	}
}
