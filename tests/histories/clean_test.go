package histories_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
)

// clean deletes all rows of all tables, whatever refers to them. A database in
// the memory of this process is opened anew instead.
func clean(t *testing.T, db *orm.DB) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	caps := db.Engine().Caps()
	tables := tablesOf(db.Registry())
	var script []string
	switch caps.Name {
	case "sqlite":
		script = append(script, "pragma defer_foreign_keys = on")
		for _, table := range tables {
			script = append(script, `delete from "`+table+`"`)
		}
	case "postgres":
		script = append(script, "set local lock_timeout = '3s'", "set local session_replication_role = replica") // no foreign keys
		for _, table := range tables {
			script = append(script, `delete from "`+table+`"`)
		}
	case "mysql", "mariadb":
		script = append(script, "set innodb_lock_wait_timeout = 3", "set foreign_key_checks = 0")
		for _, table := range tables {
			script = append(script, "delete from `"+table+"`")
		}
		script = append(script, "set foreign_key_checks = 1", "set innodb_lock_wait_timeout = default")
	default:
		cleanEntities(t, ctx, db)
		return
	}
	s, err := db.Engine().Session(ctx, driver.SessionOptions{Transaction: true})
	if err != nil {
		t.Fatal(err)
	}
	execer, _ := driver.SessionAs[driver.TextExecer](s)
	for _, text := range script {
		if _, err = execer.ExecText(ctx, text); err != nil {
			err = fmt.Errorf("%s: %w", text, err)
			break
		}
	}
	if err := errors.Join(err, s.End(ctx, err == nil)); err != nil {
		t.Fatal(err)
	}
}

// tablesOf returns the tables of entities and links.
func tablesOf(reg *mapper.Registry) []string {
	var tables []string
	for _, e := range reg.Entities() {
		tables = append(tables, e.Table.Name)
		for _, r := range e.Relations {
			if p := r.Relation.Pivot; p != nil && r.Relation.Owning {
				tables = append(tables, p.Table.Name)
			}
		}
	}
	slices.Sort(tables)
	return slices.Compact(tables)
}

// cleanEntities deletes where there are no foreign keys.
func cleanEntities(t *testing.T, ctx context.Context, db *orm.DB) {
	t.Helper()
	for _, e := range db.Registry().Entities() {
		if e.Base != nil {
			continue // stands with its base
		}
		if _, err := orm.Exec(ctx, db.Fork(), qb.New(db.Registry(), e.Name, "x").Delete().AllowAll()); err != nil {
			t.Fatal(err)
		}
	}
}
