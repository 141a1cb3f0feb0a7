package main

import (
	"os"

	"github.com/weft-orm/weft/cmd/weft/internal/cli"
	"github.com/weft-orm/weft/cmd/weft/internal/env"
)

func main() { os.Exit(cli.Main(os.Args[1:], env.Standard())) }
