package testdb

import (
	"context"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Main runs the tests of a package that open many databases, and lets Postgres hand the
// database of a test that has ended to the next one, emptied. Making one and dropping it takes
// PostgreSQL longer than most tests take, because it copies a template and waits for the disk.
//
//	func TestMain(m *testing.M) { testdb.Main(m) }
func Main(m *testing.M) {
	handedOn.open = true
	code := m.Run()
	handedOn.drop()
	os.Exit(code)
}

// handedOn are the databases of tests that have ended.
var handedOn pool

// pool keeps empty databases while the tests of a package run.
type pool struct {
	open   bool // set before the tests begin
	mu     sync.Mutex
	free   []string
	server string
}

// take returns the name of an empty database.
func (p *pool) take() (name string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) == 0 {
		return "", false
	}
	name, p.free = p.free[len(p.free)-1], p.free[:len(p.free)-1]
	return name, true
}

// give takes a database back for another test; false when it is not as a new one would be.
func (p *pool) give(server, name, url string) bool {
	if !p.open || emptied(url) != nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free, p.server = append(p.free, name), server
	return true
}

func (p *pool) drop() {
	for _, name := range p.free {
		ctx, cancel := patient()
		if err := dropDatabase(ctx, p.server, name); err != nil {
			os.Stderr.WriteString("drop database " + name + ": " + err.Error() + "\n")
		}
		cancel()
	}
}

// emptied makes the database at url like a new one, or returns why it is not: where something was
// done to the database itself, beyond what lies in its schemas, only dropping it undoes that.
func emptied(url string) error {
	ctx, cancel := patient()
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, emptying)
	return err
}

const emptying = `do $$
declare s record;
begin
	perform pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid();
	for s in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop
		execute format('drop schema %I cascade', s.nspname);
	end loop;
	create schema public authorization pg_database_owner;
	grant usage on schema public to public;
	comment on schema public is 'standard public schema';
	if current_setting('server_version_num')::int < 150000 -- the schema public of a new database is another there
		or exists (select from pg_extension where extname <> 'plpgsql')
		or exists (select from pg_event_trigger)
		or exists (select from pg_publication)
		or exists (select from pg_largeobject_metadata)
		or exists (select from pg_default_acl)
		or exists (select from pg_database where datname = current_database() and (datacl is not null or pg_get_userbyid(datdba) <> session_user))
		or exists (select from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())
			and (setrole <> 0 or setconfig <> '{synchronous_commit=off}')) then
		raise exception 'the database itself was changed';
	end if;
end $$`
