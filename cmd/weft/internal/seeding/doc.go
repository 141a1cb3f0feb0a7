// Package seeding is the command seed. Seeders are Go code of the application, so
// that the command builds a small program around them, or runs them itself where it
// is mounted in the application.
package seeding
