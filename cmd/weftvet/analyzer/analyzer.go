package analyzer

import (
	"golang.org/x/tools/go/analysis"

	"github.com/weft-orm/weft/cmd/weftvet/internal/vet"
)

// New returns the analyzer. It carries facts from package to package and needs types.
func New() *analysis.Analyzer { return vet.New() }
