package seeding

import "errors"

var (
	// errSeeders reports a package without seeders.
	errSeeders = errors.New("has no func Seeders() []seed.Seeder")
	// errEntities reports entities that cannot be listed from outside.
	errEntities = errors.New("needs a func Entities() []any that lists its entities, because some are mapped in code or not exported")
	// errFailed reports a program that ended with a failure, which it has told.
	errFailed = errors.New("the seeders failed")
)
