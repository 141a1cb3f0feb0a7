package pretty

import "github.com/fatih/color"

// Style colours output for a terminal. A nil Style leaves text as it is.
type Style struct {
	heads, errors, params, warnings *color.Color
}

// NewStyle returns a style that always colours, whatever the environment says:
// the caller has decided.
func NewStyle() *Style {
	s := &Style{color.New(color.Bold), color.New(color.FgRed), color.New(color.FgHiBlack), color.New(color.FgYellow)}
	for _, c := range []*color.Color{s.heads, s.errors, s.params, s.warnings} {
		c.EnableColor()
	}
	return s
}

// Head shows a heading.
func (s *Style) Head(text string) string {
	if s == nil {
		return text
	}
	return s.heads.Sprint(text)
}

// Failure shows an error.
func (s *Style) Failure(text string) string {
	if s == nil {
		return text
	}
	return s.errors.Sprint(text)
}

// Param shows what is beside the point, in grey.
func (s *Style) Param(text string) string {
	if s == nil {
		return text
	}
	return s.params.Sprint(text)
}

// Warning shows what deserves a look.
func (s *Style) Warning(text string) string {
	if s == nil {
		return text
	}
	return s.warnings.Sprint(text)
}
