// Package stress holds tests of weft under load: many goroutines that contend
// for a few rows, and units of work with many rows. They check that what the
// database holds afterwards adds up, and log how fast it went; none of them fails
// for being slow.
//
// As a part of the whole suite they run for seconds. To look closer, ask for more:
//
//	go test -race ./tests/stress -v -stress.for=20s
//	go test ./tests/stress -run Rows -v -stress.rows=100000
package stress
