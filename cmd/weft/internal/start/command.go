package start

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"text/template"
	"time"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/mapper/gotypes"
	"github.com/weft-orm/weft/migrate"
)

const weft = "github.com/weft-orm/weft"

//go:embed project
var project embed.FS

// files are those of a project by their names there.
var files = map[string]string{
	"main.go": "project/main.go.tmpl", "library/library.go": "project/library.go.tmpl",
	"weft.yaml": "project/weft.yaml.tmpl", ".gitignore": "project/gitignore.tmpl",
}

// Command makes the command init.
func Command(e *env.Env) *cobra.Command {
	var module string
	cmd := &cobra.Command{
		Use: "init DIR", Short: "Make a small, running project", Args: cobra.ExactArgs(1),
		Long: "init makes a project with two entities, a migration and a program in a folder that\nis new or empty. Run it with: cd DIR && go run .",
		RunE: func(cmd *cobra.Command, args []string) error {
			if module == "" {
				module = "example.org/" + notInModule.ReplaceAllString(strings.ToLower(filepath.Base(args[0])), "-")
			}
			written, err := makeProject(cmd.Context(), e, args[0], module)
			if err != nil {
				return err
			}
			return e.Print(map[string]any{"dir": args[0], "files": written}, func(w io.Writer) error {
				for _, name := range written {
					fmt.Fprintf(w, "wrote %s\n", filepath.Join(args[0], name))
				}
				_, err := fmt.Fprintf(w, "run it with: cd %s && go run .\n", args[0])
				return err
			})
		},
	}
	cmd.Flags().StringVar(&module, "module", "", "path of the Go module (else made from DIR)")
	return cmd
}

var notInModule = regexp.MustCompile(`[^a-z0-9._-]+`)

// makeProject writes everything into a folder beside and renames it, so that there is
// a project that works or none.
func makeProject(ctx context.Context, e *env.Env, dir, module string) (written []string, err error) {
	list, err := os.ReadDir(dir)
	switch {
	case err == nil && len(list) > 0:
		return nil, env.Mistakef("%s is not empty", dir)
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return nil, env.Mistake(err)
	}
	parent := filepath.Dir(filepath.Clean(dir))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp(parent, ".weft-init-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	for _, name := range []string{".gitignore", "library/library.go", "main.go", "weft.yaml"} {
		text, err := filled(files[name], module)
		if err != nil {
			return nil, err
		}
		if err := env.WriteFile(filepath.Join(temp, name), text); err != nil {
			return nil, err
		}
		written = append(written, name)
	}
	if err := makeModule(ctx, temp, module); err != nil {
		return nil, err
	}
	e.Progress("planning the first migration ...")
	migration, err := firstMigration(ctx, temp)
	if err != nil {
		return nil, err
	}
	written = append(written, "go.mod", "go.sum", migration)
	if err := os.Chmod(temp, 0o755); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		os.Remove(dir) // an empty folder gives way
	}
	return written, os.Rename(temp, dir)
}

func filled(name, module string) ([]byte, error) {
	text, err := project.ReadFile(name)
	if err != nil {
		return nil, err
	}
	t, err := template.New(name).Delims("[[", "]]").Parse(string(text))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]string{"Module": module})
	return b.Bytes(), err
}

// makeModule writes go.mod and go.sum: from the checkout that this program was built
// in, whose requirements are taken over, else by the go command.
func makeModule(ctx context.Context, dir, module string) error {
	if root := checkout(); root != "" {
		mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
		if err != nil {
			return err
		}
		text := strings.Replace(string(mod), "module "+weft, "module "+module, 1)
		text += fmt.Sprintf("\nrequire %s v0.0.0\n\nreplace %s => %s\n", weft, weft, root)
		sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
		if err != nil {
			return err
		}
		return errors.Join(env.WriteFile(filepath.Join(dir, "go.mod"), []byte(text)), env.WriteFile(filepath.Join(dir, "go.sum"), sum))
	}
	version := "latest"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Path == weft && strings.HasPrefix(info.Main.Version, "v") {
		version = info.Main.Version
	}
	for _, args := range [][]string{{"mod", "init", module}, {"get", weft + "@" + version}, {"mod", "tidy"}} {
		c := exec.CommandContext(ctx, "go", args...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return nil
}

// checkout is the folder of weft's source that this program was built in, "" when it
// was built elsewhere.
func checkout() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		return ""
	}
	root := filepath.Join(filepath.Dir(file), "../../../..")
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil || !bytes.HasPrefix(mod, []byte("module "+weft+"\n")) {
		return ""
	}
	return root
}

// firstMigration plans the tables of the project's entities.
func firstMigration(ctx context.Context, dir string) (string, error) {
	reg, _, err := gotypes.Load(ctx, filepath.Join(dir, "library"), gotypes.Options{Mapping: mapper.Options{}})
	if err != nil {
		return "", err
	}
	scratch := filepath.Join(dir, ".scratch.db")
	engine, err := sqlite.File(scratch).Connect(ctx)
	if err != nil {
		return "", err
	}
	set, err := migrate.Load(os.DirFS(filepath.Join(dir, "migrations")))
	if err != nil {
		return "", err
	}
	draft, err := migrate.Plan(ctx, env.NewTarget(reg, engine), set, "create library", time.Now())
	if err = errors.Join(err, engine.Close()); err != nil {
		return "", err
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		os.Remove(scratch + suffix)
	}
	name := filepath.Join("migrations", draft.File())
	return name, env.WriteFile(filepath.Join(dir, name), []byte(draft.Text))
}
