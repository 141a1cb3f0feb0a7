// Package program builds programs out of an application's own packages: what only running
// code can do (hooks, seeders, the unit of work) is done by code that imports them.
package program
