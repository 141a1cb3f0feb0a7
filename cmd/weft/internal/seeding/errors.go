package seeding

import "errors"

var (
	// errSeeders reports a package without seeders.
	errSeeders = errors.New("has no func Seeders() []seed.Seeder")
	// errFailed reports a program that ended with a failure, which it has told.
	errFailed = errors.New("the seeders failed")
)
