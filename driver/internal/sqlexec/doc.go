// Package sqlexec is what the SQL engines share: compiled programs, and for the
// engines whose Go driver speaks database/sql/driver, pooled connections that keep
// their prepared statements, and sessions on them.
//
// Connections are pooled by database/sql, which is good at it, and used below it,
// where no value is converted twice. It knows no engine: what differs is data in
// [Profile].
package sqlexec
