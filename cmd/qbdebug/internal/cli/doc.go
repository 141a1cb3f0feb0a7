// Package cli is the command line of qbdebug: flags, commands, messages for
// people, exit codes. What is compiled is decided below it.
//
// Exit codes: 0 is success, 2 a mistake in what was typed (flags, conditions,
// paths), 1 anything else.
package cli
