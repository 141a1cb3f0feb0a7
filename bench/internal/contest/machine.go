package contest

import (
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// Machine is what a run ran on.
type Machine struct {
	CPU     string
	Cores   int
	System  string
	Go      string
	Engines []string
	Modules []string
}

// compared are the modules whose versions a result names.
var compared = []string{"github.com/jackc/pgx/v5", "github.com/go-sql-driver/mysql", "github.com/mattn/go-sqlite3",
	"gorm.io/gorm", "github.com/uptrace/bun", "entgo.io/ent", "github.com/jmoiron/sqlx"}

func thisMachine() Machine {
	m := Machine{Cores: runtime.NumCPU(), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, CPU: "unknown"}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				m.CPU = strings.TrimSpace(value)
				break
			}
		}
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return m
	}
	for _, path := range compared {
		for _, d := range info.Deps {
			if d.Path == path {
				m.Modules = append(m.Modules, path+" "+d.Version)
			}
		}
	}
	return m
}
