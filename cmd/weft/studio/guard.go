package studio

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// cookie holds the token after the first request of a page.
const cookie = "weft_studio"

// guard lets a request in or says why not. A studio is for one person on one machine: who
// asks must know the token, ask for a host that is this one (a name that another site let
// point here is not), and come from the page itself.
func (s *Studio) guard(w http.ResponseWriter, r *http.Request) *refusal {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if !s.own(r.Host) {
		return &refusal{http.StatusMisdirectedRequest, "studio: this host is not served here"}
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return &refusal{http.StatusForbidden, "studio: requests from other sites are refused"}
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || u.Host != r.Host {
			return &refusal{http.StatusForbidden, "studio: requests from other sites are refused"}
		}
	}
	if r.Method == http.MethodPost && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return &refusal{http.StatusUnsupportedMediaType, "studio: send JSON"}
	}
	if given := r.URL.Query().Get("token"); given != "" && same(given, s.opts.Token) {
		http.SetCookie(w, &http.Cookie{Name: cookie, Value: s.opts.Token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
		return nil
	}
	for _, c := range r.CookiesNamed(cookie) {
		if same(c.Value, s.opts.Token) {
			return nil
		}
	}
	return &refusal{http.StatusUnauthorized, "studio: the address needs the token that was printed at the start: /?token=..."}
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// own reports a host under which the studio is meant to be reached.
func (s *Studio) own(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if name == "localhost" || slices.Contains(s.opts.Hosts, name) {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}
