package schema_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/schema"
)

// Entities with what not every dialect has.
type (
	Article struct {
		ID    int64
		Title string `orm:",length=100"`
		Body  string
		State string `orm:",enum=draft|live"`
		Code  string `orm:",length=10"`
	}
	Remote struct {
		_  struct{} `orm:"table=remotes,schema=other"`
		ID int64
	}
	Tenant struct {
		_    struct{} `orm:"table=tenants,schema='*'"`
		ID   int64
		Home *Remote
	}
	Vehicle struct {
		_    struct{} `orm:"inheritance=joined,discriminator=kind"`
		ID   int64
		Name string
	}
	Truck struct {
		Vehicle
		Load  int
		Owner *Remote
	}
)

func article(fn func(e *mapper.Builder[Article])) []any { return []any{mapper.Define(fn)} }

// refused stands for an UnsupportedError.
const refused = "refused"

// dialectFeatures lists, for each feature, a piece of the DDL of each dialect that it is meant for.
var dialectFeatures = []struct {
	name     string
	entities []any
	want     map[string]string
}{
	{
		"partial index",
		article(func(e *mapper.Builder[Article]) {
			e.Index(mapper.IndexDefinition{Name: "live", Properties: []string{"title"}, Unique: true, Where: "state = 'live'"})
		}),
		map[string]string{
			"mysql":    refused,
			"mariadb":  refused,
			"sqlite":   "CREATE UNIQUE INDEX `live` ON `articles` (`title`) WHERE state = 'live';",
			"postgres": `CREATE UNIQUE INDEX "live" ON "articles" ("title") WHERE state = 'live';`,
		},
	},
	{
		"expression index",
		article(func(e *mapper.Builder[Article]) {
			e.Index(mapper.IndexDefinition{Name: "folded", Expression: "lower(title)"})
		}),
		map[string]string{
			"mariadb":  refused,
			"sqlite":   "CREATE INDEX `folded` ON `articles` ((lower(title)));",
			"postgres": `CREATE INDEX "folded" ON "articles" ((lower(title)));`,
			"mysql":    "  INDEX `folded` ((lower(title)))",
		},
	},
	{
		"full-text index",
		article(func(e *mapper.Builder[Article]) { e.Field("Body").Fulltext() }),
		map[string]string{
			"sqlite":   refused,
			"postgres": `CREATE INDEX "articles_body_idx" ON "articles" USING GIN ((to_tsvector('simple'::regconfig, "body")));`,
			"mysql":    "  FULLTEXT INDEX `articles_body_idx` (`body`)",
			"mariadb":  "  FULLTEXT INDEX `articles_body_idx` (`body`)",
		},
	},
	{
		"native enum",
		article(func(e *mapper.Builder[Article]) { e.Field("State").NativeEnum("article_state") }),
		map[string]string{
			"sqlite":   "  `state` text NOT NULL,",
			"postgres": `CREATE TYPE "article_state" AS ENUM ('draft', 'live');`,
			"mysql":    "  `state` enum('draft','live') NOT NULL,",
			"mariadb":  "  `state` enum('draft','live') NOT NULL,",
		},
	},
	{
		"collation of SQLite",
		article(func(e *mapper.Builder[Article]) { e.Field("Code").Collation("nocase") }),
		map[string]string{"sqlite": "  `code` text collate nocase NOT NULL"},
	},
	{
		"collation of PostgreSQL",
		article(func(e *mapper.Builder[Article]) { e.Field("Code").Collation("POSIX") }),
		map[string]string{"postgres": `"code" character varying(10) NOT NULL COLLATE "POSIX"`},
	},
	{
		"collation of MySQL",
		article(func(e *mapper.Builder[Article]) { e.Field("Code").Collation("utf8mb4_general_ci") }),
		map[string]string{
			"mysql":   "  `code` varchar(10) NOT NULL COLLATE utf8mb4_general_ci",
			"mariadb": "  `code` varchar(10) NOT NULL COLLATE utf8mb4_general_ci",
		},
	},
	{
		"table per type",
		[]any{Vehicle{}, Truck{}, Remote{}},
		map[string]string{
			"postgres": `CONSTRAINT "trucks_id_fkey" FOREIGN KEY ("id") REFERENCES "vehicles" ("id") ON DELETE CASCADE`,
			"mysql":    "  CONSTRAINT `trucks_id_fkey` FOREIGN KEY (`id`) REFERENCES `vehicles` (`id`) ON DELETE CASCADE",
			"mariadb":  "  CONSTRAINT `trucks_id_fkey` FOREIGN KEY (`id`) REFERENCES `vehicles` (`id`) ON DELETE CASCADE",
		},
	},
	{
		"schemas",
		[]any{Remote{}, Tenant{}},
		map[string]string{
			"sqlite":   refused,
			"postgres": `"home_id") REFERENCES "other"."remotes" ("id")`,
			"mysql":    "(`home_id`) REFERENCES `other`.`remotes` (`id`)",
			"mariadb":  "(`home_id`) REFERENCES `other`.`remotes` (`id`)",
		},
	},
}

func TestDialectFeatures(t *testing.T) {
	for _, f := range dialectFeatures {
		t.Run(f.name, func(t *testing.T) {
			reg := registry(t, f.entities...)
			for _, d := range sql.Dialects() {
				got, err := schema.SQL(reg, d)
				want := f.want[d.Name()]
				switch {
				case want == "":
				case want == refused && !(errors.As(err, new(*schema.UnsupportedError)) && errors.Is(err, schema.ErrUnsupported) && errors.Is(err, driver.ErrUnsupported)):
					t.Errorf("%s: got %v, want an UnsupportedError\n%s", d.Name(), err, got)
				case want == refused:
				case err != nil:
					t.Errorf("%s: %v", d.Name(), err)
				case !strings.Contains(got, want):
					t.Errorf("%s: got\n%s\nwithout\n%s", d.Name(), got, want)
				}
			}
		})
	}
}

// TestDialectFeaturesLive creates what each server has, and finds no difference.
func TestDialectFeaturesLive(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			for _, f := range dialectFeatures {
				if f.name == "schemas" || f.name == "table per type" {
					continue // they need schemas of their own, see TestSchemas
				}
				t.Run(f.name, func(t *testing.T) {
					db := target{registry(t, f.entities...), server.open(t)}
					want := f.want[db.engine.Caps().Name]
					if want == "" {
						t.Skip("not meant for this dialect")
					}
					err := schema.Create(t.Context(), db)
					if want == refused {
						if !errors.Is(err, schema.ErrUnsupported) {
							t.Fatalf("got %v, want ErrUnsupported", err)
						}
						return
					}
					must(t, err)
					noDifference(t, db)
					must(t, schema.Drop(t.Context(), db))
					must(t, schema.Create(t.Context(), db))
				})
			}
		})
	}
}

// TestSchemas creates tables in three schemas that refer to each other.
func TestSchemas(t *testing.T) {
	for _, server := range servers[1:] {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			other, tenant := testdb.Name(), testdb.Name()
			reg := registry(t, mapper.Define(func(e *mapper.Builder[Remote]) { e.Schema(other) }), Tenant{}, Vehicle{}, Truck{})
			db := target{reg, engine}
			t.Cleanup(func() {
				drop := "drop schema if exists " + tenant + "; drop schema if exists " + other
				for statement := range strings.SplitSeq(drop, "; ") {
					if _, err := handle(engine).Exec(statement); err != nil {
						t.Error(err)
					}
				}
			})
			must(t, schema.Create(t.Context(), db, schema.InSchema(tenant)))
			plan, err := schema.Diff(t.Context(), db, schema.InSchema(tenant))
			must(t, err)
			if !plan.IsEmpty() {
				t.Fatalf("a database just created differs:\n%s", plan)
			}
			exec(t, engine, "insert into "+other+".remotes (id) values (1)")
			exec(t, engine, "insert into "+tenant+".tenants (home_id) values (1)")
			must(t, schema.Drop(t.Context(), db, schema.InSchema(tenant)))
		})
	}
}
