package main

import (
	"os"

	"github.com/weft-orm/weft/cmd/weft/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
