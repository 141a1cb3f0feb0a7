package postgres

import (
	"fmt"

	"github.com/weft-orm/weft/driver"
)

// setLocal is the statement that sets variables until the transaction ends.
func setLocal(variables []driver.Variable) control {
	c := control{text: "select "}
	for i, v := range variables {
		if i > 0 {
			c.text += ", "
		}
		c.text += fmt.Sprintf("set_config($%d, $%d, true)", 2*i+1, 2*i+2)
		c.args = append(c.args, v.Name, v.Value)
	}
	return c
}
