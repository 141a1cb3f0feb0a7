package check

import (
	"slices"

	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
)

// builds reports the receiver of the steps of a query.
func builds(recv string) bool { return recv == "Builder" || recv == "Query" }

// outside looks for text from outside of the program where names, orders or SQL stand.
func (c *Checker) outside(call *value.Call, pkg, recv string) {
	name := call.Fn.Name()
	args := func(i int) []value.Value { list, _ := arguments(call, i); return list }
	switch {
	case pkg == "conditions" && name == "Raw" && len(call.Args) > 0:
		c.outsideText(call.Args[:1], "reaches raw SQL; write a ? and give it as an argument")
	case builds(recv) && slices.Contains([]string{"Where", "AndWhere", "OrWhere", "Having"}, name) && len(call.Args) > 0:
		if u, ok := call.Args[0].(*value.Unknown); ok && isText(u) {
			c.outsideText(call.Args[:1], "reaches raw SQL; write a ? and give it as an argument")
		} else {
			c.outsideCondition(call.Args[0])
		}
	case name == "OrderBy" && (pkg == "orm" || builds(recv)):
		c.outsideText(args(0), "becomes an order; compare it with the orders you allow")
	case pkg == "orm" && (name == "Populate" || name == "Fields" || name == "Load" && recv == ""),
		builds(recv) && slices.Contains([]string{"Select", "AddSelect", "GroupBy", "DistinctOn", "Join", "LeftJoin"}, name):
		c.outsideText(args(0), "becomes the name of a property; compare it with the names you allow")
	case pkg == "conditions" && constructors[name] != nil && len(call.Args) > 0 && !slices.Contains([]string{"And", "Or", "Nor", "Not"}, name):
		c.outsideText(call.Args[:1], "becomes the name of a property; compare it with the names you allow")
	case pkg == "orm" && (len(call.TypeArgs) == 1 && (recv == "" || recv == "Repository")):
		if name == "FromJSON" || name == "Result" {
			return
		}
		for _, arg := range call.Args {
			c.outsideCondition(arg)
		}
	}
}

func isText(u *value.Unknown) bool {
	s, ok := sampled(u.Type)
	return ok && len(s.values) == len(texts)
}

// outsideText reports texts that come from outside.
func (c *Checker) outsideText(list []value.Value, what string) {
	for _, v := range list {
		walk(v, func(u *value.Unknown) {
			if u.Outside != "" {
				c.at(u.Node(), "text from "+u.Outside+" "+what)
			}
		})
	}
}

// outsideCondition reports conditions, and names in them, that come from outside.
func (c *Checker) outsideCondition(v value.Value) {
	switch v := v.(type) {
	case *value.Unknown:
		if v.Outside != "" && isMap(v.Type) {
			c.at(v.Node(), "a condition from "+v.Outside+" is used without a policy; read it with orm.FromJSON")
		}
	case *value.Map:
		for _, e := range v.Entries {
			if u, ok := e.Key.(*value.Unknown); ok && u.Outside != "" {
				c.at(u.Node(), "text from "+u.Outside+" becomes the name of a property; read the condition with orm.FromJSON, or compare it with the names you allow")
			}
			c.outsideCondition(e.Value)
		}
	case *value.List:
		for _, item := range v.Items {
			c.outsideCondition(item)
		}
	case *value.Alt:
		for _, w := range v.Values {
			c.outsideCondition(w)
		}
	}
}
