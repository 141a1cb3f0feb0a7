package draw

import (
	"bytes"
	"fmt"
	"html"
)

// Bars is a chart of horizontal bars: one of each series in each group, beside a line at 1.
type Bars struct {
	Title string
	// Left is the room for the labels of groups, Unit the length of 1, in pixels. Longer bars
	// than End are cut.
	Left, Unit int
	End        float64
	Series     []Series
	Groups     []Group
}

// Series is what has a bar in each group.
type Series struct{ Name, Colour string }

// Group is bars that stand together: values by the names of series, where 0 is no bar.
type Group struct {
	Label  string
	Values map[string]float64
}

const (
	barHeight = 9
	barGap    = 14
	barsTop   = 56
)

// SVG draws the chart. Groups without a bar are left out.
func (c *Bars) SVG() []byte {
	var bars bytes.Buffer
	y := barsTop
	for _, g := range c.Groups {
		top := y
		for _, s := range c.Series {
			v := g.Values[s.Name]
			if v == 0 {
				continue
			}
			width := min(v, c.End) * float64(c.Unit)
			fmt.Fprintf(&bars, `<rect x="%d" y="%d" width="%.0f" height="%d" fill="%s"/>`, c.Left, y, width, barHeight-1, s.Colour)
			fmt.Fprintf(&bars, `<text x="%.0f" y="%d" font-size="8">%.2f</text>`+"\n", float64(c.Left)+width+4, y+barHeight-2, v)
			y += barHeight
		}
		if y > top {
			fmt.Fprintf(&bars, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", c.Left-8, (top+y)/2+3, html.EscapeString(g.Label))
			y += barGap
		}
	}
	var out bytes.Buffer
	width := int(float64(c.Left) + c.End*float64(c.Unit) + 50)
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">`+"\n", width, y+10)
	fmt.Fprintf(&out, `<rect width="100%%" height="100%%" fill="white"/><text x="10" y="18" font-size="14">%s</text>`+"\n", html.EscapeString(c.Title))
	for i, s := range c.Series {
		fmt.Fprintf(&out, `<rect x="%d" y="28" width="9" height="9" fill="%s"/><text x="%d" y="36">%s</text>`+"\n", 10+i*105, s.Colour, 23+i*105, html.EscapeString(s.Name))
	}
	fmt.Fprintf(&out, `<line x1="%d" x2="%d" y1="46" y2="%d" stroke="#111"/>`+"\n", c.Left+c.Unit, c.Left+c.Unit, y)
	out.Write(bars.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes()
}
