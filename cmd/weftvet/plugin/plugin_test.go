package plugin_test

import (
	"testing"

	"github.com/golangci/plugin-module-register/register"

	_ "github.com/weft-orm/weft/cmd/weftvet/plugin"
)

func TestPlugin(t *testing.T) {
	make, err := register.GetPlugin("weftvet")
	if err != nil {
		t.Fatal(err)
	}
	linter, err := make(nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := linter.BuildAnalyzers()
	if err != nil || len(list) != 1 || list[0].Name != "weft" || linter.GetLoadMode() != register.LoadModeTypesInfo {
		t.Errorf("got %v %v %s", list, err, linter.GetLoadMode())
	}
}
