package main

import (
	"golang.org/x/tools/go/analysis/multichecker"

	"github.com/weft-orm/weft/cmd/weftvet/internal/vet"
)

func main() { multichecker.Main(vet.New()) }
