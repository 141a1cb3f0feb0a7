package migration

import (
	"errors"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
)

// stepName is a file that "new --go" names.
var stepName = regexp.MustCompile(`^([0-9]+)_.*\.go$`)

// knowsSteps refuses a folder with a step in Go that this program was not given: running
// the files around it would leave it out, or run it after younger ones.
func (g *group) knowsSteps() error {
	set, err := g.set()
	if err != nil {
		return err
	}
	err = filepath.WalkDir(g.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		m := stepName.FindStringSubmatch(d.Name())
		if m == nil {
			return nil
		}
		if version, err := strconv.ParseInt(m[1], 10, 64); err != nil || set.Find(version) != nil {
			return nil
		}
		return env.Mistakef("%s is a step in Go, which this program was not given: run the command mounted in a program whose commands.Options.Steps have it", path)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
