// Package reports holds what users of data-access libraries have reported, as small
// tests on every engine: each begins with the job that somebody wanted to do.
package reports
