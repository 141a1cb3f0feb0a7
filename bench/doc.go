// Package bench measures weft beside the raw drivers and its peers. Every
// benchmark runs the contestants interleaved in one process, so that ratios
// hold on a machine whose speed drifts; none of them is a test of speed.
package bench
