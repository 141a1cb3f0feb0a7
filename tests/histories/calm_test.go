//go:build !race

package histories_test

const racing = false
