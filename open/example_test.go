package open_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/weft-orm/weft/open"
	"github.com/weft-orm/weft/orm"
)

// The address usually comes from the configuration of a program.
func ExampleURL() {
	ctx := context.Background()
	for _, address := range []string{"sqlite::memory:", "memory:", "no address, but a secret"} {
		db, err := orm.Open(ctx, open.URL(address), orm.Entities(Note{}))
		if err != nil {
			fmt.Println(errors.Is(err, open.ErrAddress)) // the error does not repeat it
			continue
		}
		fmt.Println(db.Engine().Caps().Name, db.Close())
	}
	// Output:
	// sqlite <nil>
	// memory <nil>
	// true
}
