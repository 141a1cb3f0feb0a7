package graphviz

import (
	"bytes"
	"context"
	"fmt"
	"io"

	engine "github.com/goccy/go-graphviz"
)

// SVG draws a graph in Graphviz's own language. The same graph gives the same bytes.
func SVG(ctx context.Context, w io.Writer, dot string) error {
	g, err := engine.New(ctx)
	if err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	defer g.Close()
	graph, err := engine.ParseBytes([]byte(dot))
	if err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	defer graph.Close()
	var out bytes.Buffer
	if err := g.Render(ctx, graph, engine.SVG, &out); err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	// A page can hold the picture itself; what stands before it is for files of the older kind.
	text := out.Bytes()
	if i := bytes.Index(text, []byte("<svg")); i > 0 {
		text = text[i:]
	}
	_, err = w.Write(text)
	return err
}
