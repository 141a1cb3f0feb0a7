package studio

import (
	"net/http"

	"github.com/weft-orm/weft/internal/localguard"
)

// cookie holds the token after the first request of a page.
const cookie = "weft_studio"

// guard lets a request in or says why not, and keeps the page from loading anything that
// is not its own.
func (s *Studio) guard(w http.ResponseWriter, r *http.Request) *localguard.Refusal {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	g := &localguard.Guard{Token: s.opts.Token, Cookie: cookie, Hosts: s.opts.Hosts, Name: "studio"}
	return g.Check(w, r)
}
