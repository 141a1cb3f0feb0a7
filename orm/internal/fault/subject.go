package fault

import (
	"fmt"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// Subject returns "Author 7", or "Author [7 x]" for a composite key.
func Subject(entity string, key any) string {
	if key == nil {
		return entity
	}
	parts := mapper.Parts(nil, key)
	if len(parts) == 1 {
		return fmt.Sprintf("%s %v", entity, key)
	}
	text := make([]string, len(parts))
	for i, p := range parts {
		text[i] = fmt.Sprint(p)
	}
	return entity + " [" + strings.Join(text, " ") + "]"
}
