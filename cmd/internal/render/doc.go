// Package render writes what was compiled: as text for people, as JSON for
// scripts. Output depends on the input alone; colour is added only where asked for.
package render
