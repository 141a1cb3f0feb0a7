package live

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/weft-orm/weft/cmd/internal/compile"
	"github.com/weft-orm/weft/driver"
)

// Node is a step of a database's plan.
type Node struct {
	// What is the step in the engine's words: "Seq Scan on authors e0".
	What string `json:"what"`
	// Detail says more: conditions, indexes.
	Detail string `json:"detail,omitempty"`
	// Cost and Rows are the engine's estimates, 0 where it tells none.
	Cost float64 `json:"cost,omitempty"`
	Rows float64 `json:"rows,omitempty"`
	// Scan is the alias (or the table) that the step reads from end to end, else "".
	Scan string `json:"scan,omitempty"`
	// Inner are the steps that feed this one.
	Inner []*Node `json:"inner,omitempty"`
}

// Plan asks for the plan of a statement, whose parameters are all known, as a tree.
// The error matches driver.ErrUnsupported where the engine has no such thing.
func Plan(ctx context.Context, engine driver.Engine, st *compile.Statement) (*Node, error) {
	words, read := "", jsonPlan
	switch st.Target {
	case "sqlite":
		words, read = "EXPLAIN QUERY PLAN ", sqliteTree
	case "postgres":
		words = "EXPLAIN (FORMAT JSON) "
	case "mariadb", "mysql":
		words = "EXPLAIN FORMAT=JSON "
	}
	rows, err := explained(ctx, engine, st, words)
	if err != nil {
		return nil, err
	}
	return read(rows)
}

// jsonPlan reads the document of PostgreSQL, MySQL or MariaDB.
func jsonPlan(rows [][]any) (*Node, error) {
	var text strings.Builder
	for _, row := range rows {
		switch cell := row[0].(type) {
		case string:
			text.WriteString(cell)
		case []byte:
			text.Write(cell)
		default:
			raw, err := json.Marshal(cell)
			if err != nil {
				return nil, err
			}
			text.Write(raw)
		}
	}
	var document any
	if err := json.Unmarshal([]byte(text.String()), &document); err != nil {
		return nil, fmt.Errorf("the plan is no JSON: %w", err)
	}
	if list, ok := document.([]any); ok && len(list) > 0 {
		if top, ok := list[0].(map[string]any); ok {
			if plan, ok := top["Plan"].(map[string]any); ok {
				return postgresNode(plan), nil
			}
		}
	}
	root := &Node{What: "query"}
	mariaNodes(root, document)
	if len(root.Inner) == 1 {
		return root.Inner[0], nil
	}
	return root, nil
}

func postgresNode(p map[string]any) *Node {
	n := &Node{What: word(p, "Node Type"), Cost: figure(p, "Total Cost"), Rows: figure(p, "Plan Rows")}
	if table := word(p, "Relation Name"); table != "" {
		n.What += " on " + table
		alias := word(p, "Alias")
		if alias != "" && alias != table {
			n.What += " " + alias
		}
		if word(p, "Node Type") == "Seq Scan" {
			n.Scan = alias
		}
	}
	var detail []string
	for _, name := range []string{"Index Name", "Index Cond", "Hash Cond", "Merge Cond", "Recheck Cond", "Join Filter", "Filter", "Sort Key"} {
		if v, ok := p[name]; ok {
			detail = append(detail, strings.ToLower(name)+": "+fmt.Sprint(v))
		}
	}
	n.Detail = strings.Join(detail, "; ")
	inner, _ := p["Plans"].([]any)
	for _, x := range inner {
		if m, ok := x.(map[string]any); ok {
			n.Inner = append(n.Inner, postgresNode(m))
		}
	}
	return n
}

// mariaNodes finds the tables in a document of MySQL or MariaDB, which nests them in blocks.
func mariaNodes(above *Node, v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			mariaNodes(above, x)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			inner, isMap := v[name].(map[string]any)
			at := above
			switch {
			case name == "table" && isMap:
				at = mariaTable(inner)
				above.Inner = append(above.Inner, at)
			case isMap && strings.HasSuffix(name, "query_block"):
				at = &Node{What: "block", Cost: figure(inner, "cost")}
				above.Inner = append(above.Inner, at)
			case isMap && (strings.Contains(name, "sort") || strings.Contains(name, "temporary")):
				at = &Node{What: strings.ReplaceAll(name, "_", " ")}
				above.Inner = append(above.Inner, at)
			}
			if _, isText := v[name].(string); !isText {
				mariaNodes(at, v[name])
			}
		}
	}
}

func mariaTable(t map[string]any) *Node {
	name, access := word(t, "table_name"), word(t, "access_type")
	n := &Node{What: access + " " + name, Rows: figure(t, "rows"), Cost: figure(t, "cost")}
	if access == "ALL" {
		n.What, n.Scan = "full scan "+name, name
	}
	var detail []string
	for _, key := range []string{"key", "attached_condition", "index_condition"} {
		if v, ok := t[key]; ok {
			detail = append(detail, strings.ReplaceAll(key, "_", " ")+": "+fmt.Sprint(v))
		}
	}
	n.Detail = strings.Join(detail, "; ")
	return n
}

// sqliteTree reads the rows (id, parent, -, detail) of SQLite.
func sqliteTree(rows [][]any) (*Node, error) {
	root := &Node{What: "query"}
	nodes := map[any]*Node{}
	for _, row := range rows {
		if len(row) != 4 {
			return nil, fmt.Errorf("a plan of %d columns", len(row))
		}
		n := &Node{What: fmt.Sprint(row[3])}
		if rest, ok := strings.CutPrefix(n.What, "SCAN "); ok && !strings.Contains(rest, "USING") {
			n.Scan, _, _ = strings.Cut(rest, " ")
		}
		above := nodes[row[1]]
		if above == nil {
			above = root
		}
		above.Inner = append(above.Inner, n)
		nodes[row[0]] = n
	}
	if len(root.Inner) == 1 {
		return root.Inner[0], nil
	}
	return root, nil
}

func word(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

func figure(m map[string]any, key string) float64 {
	f, _ := m[key].(float64)
	return f
}
