package localguard

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Guard lets requests in or says why not: who asks must know the token, ask for a host
// that is this one (a name that another site let point here is not), and not come from
// another site's page.
type Guard struct {
	// Token is in the address, or in the cookie.
	Token string
	// Cookie holds the token after the first request of a page; "" for no cookie.
	Cookie string
	// Hosts are names of this machine beside localhost and its loopback addresses.
	Hosts []string
	// Name is who refuses, for messages.
	Name string
}

// Refusal is why a request is not let in.
type Refusal struct {
	// Status is what to answer, Reason the text.
	Status int
	Reason string
}

// Error returns the reason.
func (r *Refusal) Error() string { return r.Reason }

// Check lets a request in, which is nil, or refuses it. It sets the headers that keep an
// answer from being read, kept or framed by others.
func (g *Guard) Check(w http.ResponseWriter, r *http.Request) *Refusal {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if !g.own(r.Host) {
		return &Refusal{http.StatusMisdirectedRequest, g.Name + ": this host is not served here"}
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return &Refusal{http.StatusForbidden, g.Name + ": requests from other sites are refused"}
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || u.Host != r.Host {
			return &Refusal{http.StatusForbidden, g.Name + ": requests from other sites are refused"}
		}
	}
	if r.Method == http.MethodPost && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return &Refusal{http.StatusUnsupportedMediaType, g.Name + ": send JSON"}
	}
	if given := r.URL.Query().Get("token"); given != "" && same(given, g.Token) {
		if g.Cookie != "" {
			http.SetCookie(w, &http.Cookie{Name: g.Cookie, Value: g.Token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
		}
		return nil
	}
	if g.Cookie != "" {
		for _, c := range r.CookiesNamed(g.Cookie) {
			if same(c.Value, g.Token) {
				return nil
			}
		}
	}
	return &Refusal{http.StatusUnauthorized, g.Name + ": the address needs the token that was printed at the start: ?token=..."}
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// own reports a host under which this machine is meant to be reached.
func (g *Guard) own(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if name == "localhost" || slices.Contains(g.Hosts, name) {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}
