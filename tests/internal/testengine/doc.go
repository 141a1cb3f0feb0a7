// Package testengine opens every engine there is for the tests that run on all of
// them, each on a database of its own.
package testengine
