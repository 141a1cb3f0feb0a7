package plugin

import (
	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/weft-orm/weft/cmd/weftvet/analyzer"
)

func init() { register.Plugin("weftvet", New) }

// New returns the linter. It has no settings.
func New(any) (register.LinterPlugin, error) { return linter{}, nil }

type linter struct{}

// BuildAnalyzers returns the one analyzer.
func (linter) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	return []*analysis.Analyzer{analyzer.New()}, nil
}

// GetLoadMode asks for types: names alone tell nothing.
func (linter) GetLoadMode() string { return register.LoadModeTypesInfo }
