// Package ormlog shows weft's log to people, on a terminal during development:
//
//	logger := slog.New(ormlog.NewHandler(os.Stderr, ormlog.Options{Level: slog.LevelDebug}))
//	db, err := orm.Open(ctx, sqlite.File("library.db"), orm.Entities(...), orm.Logger(logger, orm.LogParams()))
//
// Statements are broken into lines and highlighted; records of others are shown as
// well, so that the handler can serve a whole application. It is a package of its
// own because it compiles a highlighter.
package ormlog
