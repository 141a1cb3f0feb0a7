package main

import (
	"os"

	"github.com/weft-orm/weft/cmd/qbdebug/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], cli.Standard())) }
