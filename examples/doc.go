// Package examples holds runnable programs, one per folder: library shows
// conditions, populate and a flush on data it makes itself; chinook maps an
// existing database; web serves one unit of work per request. Nothing imports
// them.
package examples
