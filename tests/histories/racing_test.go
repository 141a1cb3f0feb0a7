//go:build race

package histories_test

// racing says that the race detector is on, under which everything takes its time.
const racing = true
