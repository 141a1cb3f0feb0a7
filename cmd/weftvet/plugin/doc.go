// Package plugin makes weftvet a linter of golangci-lint, by its module plugin
// system: .custom-gcl.yml names this module, .golangci.yml switches "weftvet" on. It
// is a module of its own, so that who imports weft does not depend on that system.
package plugin
