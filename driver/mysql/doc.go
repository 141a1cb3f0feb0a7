// Package mysql is the driver for MariaDB 10.6 and later and MySQL 8.0.19 and
// later, on github.com/go-sql-driver/mysql. Which of the two a server is, the
// engine asks when it connects.
//
//	db, err := orm.Open(ctx, mysql.DSN("app:secret@tcp(db:3306)/library"), ...)
//
// Connections are strict, in UTC, and count matched instead of changed rows.
// Statements for one row are prepared once per connection; statements for many
// rows carry their parameters in the text, because their text seldom comes again.
// Statements that would commit an open transaction are refused in one.
package mysql
