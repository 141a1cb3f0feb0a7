// Package migrate keeps databases up to date by versioned files. A file has two
// scripts, one each way, in the format of goose, whose Provider runs them: teams can
// run the same files with the tools they know.
//
//	//go:embed migrations/*.sql
//	var files embed.FS
//
//	db, err := orm.Open(ctx, connector, orm.Entities(Author{}, Book{}))
//	err = migrate.Up(ctx, db, files)
//
// Beside goose's history table the package keeps one of its own, which knows what
// each file said when it was applied, and how far a file got on engines that cannot
// take DDL back. Programs that start at once apply each file once.
//
// [Plan] writes the next file: the way from the state the files lead to, computed on a
// scratch database, to the mapping. It does not look at anybody's data.
//
// Position in the pipeline: mapper -> schema -> migrate -> database.
package migrate
