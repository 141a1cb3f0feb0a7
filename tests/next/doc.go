// Package next tests what needs a newer Go than the module asks for. It needs no database: what it
// imports is compiled by a toolchain that nothing else is compiled by.
package next
