package mapper

import "strings"

// Property returns the top-level property of that lowerCamel or Go name, or nil.
func (e *Entity) Property(name string) *Property { return e.byName[name] }

// PropertyNames returns the names of the top-level properties, in declaration order.
func (e *Entity) PropertyNames() []string { return propertyNames(e.Properties) }

// Sub returns the property of that lowerCamel or Go name inside an embedded value
// or document, or nil.
func (p *Property) Sub(name string) *Property { return p.byName[name] }

// SubNames returns the names inside an embedded value or document, in declaration order.
func (p *Property) SubNames() []string { return propertyNames(p.Embedded) }

func propertyNames(props []*Property) []string {
	names := make([]string, len(props))
	for i, p := range props {
		names[i] = p.Name
	}
	return names
}

// goName is the last part of the field's selector.
func (p *Property) goName() string { return p.Field[strings.LastIndexByte(p.Field, '.')+1:] }
