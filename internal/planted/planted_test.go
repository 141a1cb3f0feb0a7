//go:build !planted

package planted

import (
	"os/exec"
	"strings"
	"testing"
)

// TestNothingIsPlanted shows that asking for a fault costs nothing in a build without the tag: the
// question is inlined as a constant, so that the compiler drops what depends on it.
func TestNothingIsPlanted(t *testing.T) {
	if Is(SyncValues) {
		t.Error("a fault is planted")
	}
	out, err := exec.CommandContext(t.Context(), "go", "build", "-gcflags=-m", ".").CombinedOutput()
	if err != nil {
		t.Skipf("no compiler to ask: %v", err)
	}
	if !strings.Contains(string(out), "can inline Is") {
		t.Errorf("the compiler says %q", out)
	}
}
