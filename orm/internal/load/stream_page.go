package load

import (
	"encoding/json"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

// The pages of a stream. While the user works at a page the database waits, and while it
// reads the next one the user does, so that few pages cost less than many. How large one
// may be depends on its roots, of which only those read so far are known.
const (
	// streamPage is the number of roots that are read and populated together: of all pages
	// where relations are loaded along, of the first page elsewhere.
	streamPage = 500
	// mostStreamed is the greatest number of roots of a page that nobody asked to be larger,
	// and streamBytes what those of one that is larger than streamPage have, as far as the
	// page before tells.
	mostStreamed = 4000
	streamBytes  = 1 << 20
)

// page is how many roots a stream with these options reads together at first.
func (o *Options) page() int {
	if o.Page > 0 {
		return o.Page
	}
	return streamPage
}

// grown is how many roots of e a stream reads together behind a page.
func (o *Options) grown(e *mapper.Entity, page []unsafe.Pointer) int {
	if o.Page > 0 || e.Inheritance != mapper.NoInheritance || len(page) < streamPage {
		return o.page()
	}
	const samples = 16
	most := 0
	for i := range samples {
		most = max(most, sizeOf(e, page[i*len(page)/samples]))
	}
	return max(streamPage, min(2*len(page), mostStreamed, streamBytes/most))
}

// sizeOf is about how many bytes an entity has, with what its texts lead to.
func sizeOf(e *mapper.Entity, at unsafe.Pointer) int {
	n := int(e.GoType.Size())
	for _, p := range e.Leaves {
		if p.Type == nil || p.Relation != nil || p.Virtual {
			continue
		}
		switch p.Type.Kind {
		case mapper.String, mapper.Bytes, mapper.JSON, mapper.Array, mapper.Custom:
			n += lengthOf(p.Access.Value(at))
		}
	}
	return n
}

// lengthOf is the length of a canonical value.
func lengthOf(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case []byte:
		return len(v)
	case json.RawMessage:
		return len(v)
	case []any:
		n := 0
		for _, x := range v {
			n += 16 + lengthOf(x)
		}
		return n
	}
	return 0
}
