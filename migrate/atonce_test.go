package migrate_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"testing/fstest"

	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/migrate"
)

// child tells a process of this test which database it is to migrate.
const child = "WEFT_TEST_MIGRATE"

func TestMain(m *testing.M) {
	if kind := os.Getenv(child); kind != "" {
		if err := start(kind, os.Getenv(child+"_ADDRESS")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	testdb.Main(m)
}

// start is a program that migrates its database at the start.
func start(kind, address string) error {
	i := slices.IndexFunc(servers, func(s server) bool { return s.name == kind })
	engine, err := servers[i].at(address).Connect(context.Background())
	if err != nil {
		return err
	}
	defer engine.Close()
	if seconds, _ := strconv.Atoi(os.Getenv(child + "_SLOW")); seconds > 0 {
		told := migrate.OnEvent(func(e migrate.Event) {
			if e.Name == "2_slow.sql" {
				fmt.Println("begun")
			}
		})
		return migrate.Up(context.Background(), target{engine: engine}, slow(kind, seconds), told)
	}
	return migrate.Up(context.Background(), target{engine: engine}, tallies())
}

// tallies are files that cannot be run twice without leaving a trace.
func tallies() fstest.MapFS {
	f := fstest.MapFS{"1_tallies.sql": {Data: []byte("-- +goose Up\ncreate table tallies (n int);\n")}}
	for i := 2; i <= 8; i++ {
		text := fmt.Sprintf("-- +goose Up\ninsert into tallies values (%d);\ncreate table t%d (id int);\n", i, i)
		f[fmt.Sprintf("%d_tally.sql", i)] = &fstest.MapFile{Data: []byte(text)}
	}
	return f
}

// TestFiveAtOnce starts five processes on an empty database.
func TestFiveAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		address := s.address(t)
		var programs []*exec.Cmd
		for range 5 {
			c := exec.CommandContext(t.Context(), os.Args[0])
			c.Env = append(os.Environ(), child+"="+s.name, child+"_ADDRESS="+address)
			c.Stderr = &bytes.Buffer{}
			must(t, c.Start())
			programs = append(programs, c)
		}
		for _, c := range programs {
			if err := c.Wait(); err != nil {
				t.Errorf("%v: %s", err, c.Stderr)
			}
		}
		engine := connect(t, s.at(address))
		if got := count(t, engine, "select count(*) from tallies"); got != 7 {
			t.Errorf("%d tallies, want 7", got)
		}
		if got := count(t, engine, "select count(*) from goose_db_version where version_id > 0"); got != 8 {
			t.Errorf("%d entries in the history, want 8", got)
		}
		if got := count(t, engine, "select count(*) from goose_db_version where version_id = 0"); got != 1 {
			t.Errorf("%d first entries, want 1", got)
		}
		if got := conditions(t, migrator(t, engine, load(t, tallies()))); got != "1:applied 2:applied 3:applied 4:applied 5:applied 6:applied 7:applied 8:applied" {
			t.Errorf("got %s", got)
		}
	})
}
