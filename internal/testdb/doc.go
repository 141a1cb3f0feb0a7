// Package testdb gives tests databases of their own on real servers.
//
//	dsn := testdb.Postgres(t) // dropped when the test ends, or handed on, see Main
//
// Servers are found in WEFT_POSTGRES, WEFT_MYSQL and WEFT_MONGO, else on the
// default local ports. A test whose server is missing is skipped aloud, or fails
// when CI is set.
//
// A test that must stop a server, or needs a replica, starts one of its own:
//
//	s := testdb.PrivatePostgres(t)
//	s.Kill()
//	s.Start()
//
// Only tests import this package.
package testdb
