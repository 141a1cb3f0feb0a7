// Package litetest is what every binding of SQLite must do, beside the conformance kit of drivers.
package litetest
