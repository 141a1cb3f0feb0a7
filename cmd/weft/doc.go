// Command weft has the tools that work on the source of an application.
//
//	weft gen ./library          writes ./library/weft_props.go
//	weft gen --check ./library  fails when that file is not up to date
//
// docs/weft-gen.md describes what is generated.
package main
