//go:build !unix

package console

import "os"

// terminalWidth returns 0: the terminal is not asked.
func terminalWidth(*os.File) int { return 0 }
