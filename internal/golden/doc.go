// Package golden compares test output with files under testdata, byte for
// byte, and rewrites them when the tests run with -update. It is for tests only.
package golden
