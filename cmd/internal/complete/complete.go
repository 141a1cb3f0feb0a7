package complete

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// Context is what completion knows of.
type Context struct {
	// Commands are the words a line can begin with.
	Commands []string
	// Entities are the commands followed by an entity, Words those followed by a word of a list.
	Entities []string
	Words    map[string][]string
	Registry *mapper.Registry
	// Entity is the root that paths start at; nil offers no paths.
	Entity *mapper.Entity
}

// Word returns the part of line before the word at its end, and what the word can
// become, sorted.
func (c *Context) Word(line string) (head string, words []string) {
	command, rest, inside := strings.Cut(line, " ")
	switch {
	case strings.HasPrefix(line, "{"):
		return c.path(line, line)
	case !inside:
		return "", matching(c.Commands, line)
	case slices.Contains(c.Entities, command):
		var names []string
		for _, e := range c.Registry.Entities() {
			names = append(names, e.Name)
		}
		return command + " ", matching(names, rest)
	case c.Words[command] != nil:
		at := strings.LastIndexAny(rest, ", ") + 1
		return line[:len(line)-len(rest)+at], matching(c.Words[command], rest[at:])
	}
	return c.path(line, rest)
}

// path completes the last piece of the path at the end of line; text is the part of
// line that holds paths or a condition.
func (c *Context) path(line, text string) (head string, words []string) {
	if c.Entity == nil {
		return line, nil
	}
	start := strings.LastIndexAny(text, "\"{}[]:, (-=\t") + 1
	word := text[start:]
	at := strings.LastIndexByte(word, '.') + 1
	steps := enclosing(text[:start])
	if at > 0 {
		steps = append(steps, strings.Split(word[:at-1], ".")...)
	}
	names, ok := members(c.Entity, steps)
	if !ok {
		return line, nil
	}
	return line[:len(line)-len(word)+at], matching(names, word[at:])
}

// enclosing returns the path that the keys around the end of an unfinished
// condition make; operators and positions add nothing to it.
func enclosing(text string) []string {
	var stack [][]string // steps that each open object or list is below
	key, value := "", false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			end := strings.IndexByte(text[i+1:], '"')
			if end < 0 {
				return flat(stack)
			}
			if !value {
				key = text[i+1 : i+1+end]
			}
			i += end + 1
		case ':':
			value = true
		case ',':
			key, value = "", false
		case '{', '[':
			stack = append(stack, stepsOf(key))
			key, value = "", false
		case '}', ']':
			if len(stack) > 0 {
				stack = stack[:len(stack)-1]
			}
		}
	}
	return flat(stack)
}

// stepsOf splits a key into its path, without operators.
func stepsOf(key string) []string {
	key, _, _ = strings.Cut(key, ":")
	key, _, _ = strings.Cut(key, " ")
	if key == "" || strings.HasPrefix(key, "$") {
		return nil
	}
	return strings.Split(key, ".")
}

func flat(stack [][]string) []string { return slices.Concat(stack...) }

// members are the names that can follow a path.
func members(e *mapper.Entity, steps []string) ([]string, bool) {
	var p *mapper.Property
	for _, step := range steps {
		if p == nil || p.Relation != nil {
			if p != nil {
				e = p.Relation.Target
			}
			m := e.Meaning(step)
			if m.Subtype != nil {
				e, p = m.Subtype, nil
				continue
			}
			p = m.Property
		} else {
			p = p.Sub(step)
		}
		if p == nil {
			return nil, false
		}
	}
	switch {
	case p == nil:
		return e.Names(), true
	case p.Relation != nil:
		return p.Relation.Target.Names(), true
	}
	return p.SubNames(), true
}

// matching returns the words that begin with prefix, sorted.
func matching(words []string, prefix string) []string {
	var list []string
	for _, w := range words {
		if strings.HasPrefix(strings.ToLower(w), strings.ToLower(prefix)) {
			list = append(list, w)
		}
	}
	slices.Sort(list)
	return list
}

// Condition is Word inside a condition: the names that can follow, the operators after a
// colon in a key, and operators with their dollar sign.
func (c *Context) Condition(text string) (head string, words []string) {
	start := strings.LastIndexAny(text, "\"{}[], (") + 1
	word := text[start:]
	if i := strings.LastIndexByte(word, ':'); i >= 0 && start > 0 && text[start-1] == '"' {
		return text[:start+i+1], matching(operators, word[i+1:])
	}
	if strings.HasPrefix(word, "$") {
		return text[:start], matching(withDollar, word)
	}
	return c.path(text, text)
}

// Paths is Word inside a list of paths.
func (c *Context) Paths(text string) (head string, words []string) { return c.path(text, text) }

// operators are those that can stand behind a colon, withDollar all that can stand in a map.
var operators, withDollar = func() (behind, all []string) {
	for _, name := range conditions.Operators() {
		all = append(all, "$"+name)
		if !slices.Contains([]string{"and", "or", "nor", "not"}, name) {
			behind = append(behind, name)
		}
	}
	return behind, all
}()
