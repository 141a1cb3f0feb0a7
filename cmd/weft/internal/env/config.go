package env

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"go.yaml.in/yaml/v3"
)

// ConfigFile is the name of the configuration file.
const ConfigFile = "weft.yaml"

// Config is what weft.yaml says. $NAME and ${NAME} in the address of a database are
// replaced from the environment. Every other key is a section of a group of
// commands, read by [Env.Section].
type Config struct {
	// Database is the address of the database.
	Database string `yaml:"database"`
	// Models is the directory of the package with the entities, Naming their strategy.
	Models string `yaml:"models"`
	Naming string `yaml:"naming"`

	sections map[string]yaml.Node
}

// sections are the keys of weft.yaml that belong to groups of commands.
var sections = []string{"migrations", "schema", "entities", "seed", "gen", "doctor"}

// Config reads the configuration file once; without one it is empty.
func (e *Env) Config() (*Config, error) {
	if e.config != nil {
		return e.config, nil
	}
	name := e.file
	if name == "" {
		name = ConfigFile
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && e.file == "" {
		text, err = nil, nil
	}
	if err != nil {
		return nil, Mistake(err)
	}
	c, err := parseConfig(text)
	if err != nil {
		return nil, Mistake(fmt.Errorf("%s: %w", name, err))
	}
	e.config = c
	return c, nil
}

func parseConfig(text []byte) (*Config, error) {
	all := map[string]yaml.Node{}
	if err := yaml.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	c := &Config{sections: map[string]yaml.Node{}}
	for _, name := range sections {
		if node, ok := all[name]; ok {
			c.sections[name] = node
			delete(all, name)
		}
	}
	if err := strict(all, c); err != nil {
		return nil, err
	}
	c.Database = os.ExpandEnv(c.Database)
	return c, nil
}

// Section reads the part of the configuration that belongs to a group of commands
// into a struct with yaml tags. Unknown keys are errors; a section that is not
// there changes nothing.
func (e *Env) Section(name string, into any) error {
	c, err := e.Config()
	if err != nil {
		return err
	}
	node, ok := c.sections[name]
	if !ok {
		return nil
	}
	if err := strict(&node, into); err != nil {
		return Mistake(fmt.Errorf("%s: %s: %w", ConfigFile, name, err))
	}
	return nil
}

// strict decodes a document again, refusing keys that are not known.
func strict(from, into any) error {
	text, err := yaml.Marshal(from)
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}
