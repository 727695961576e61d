package serve

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"github.com/fincrawl/fincrawl/internal/config"
)

// guard decides who may see the pages, and who they are.
type guard struct {
	hosts   []string
	proxies []netip.Prefix
	header  string // by which a proxy names the user
	local   string // the user of this machine
	key     []byte // of the tokens; each process has its own
	cross   *http.CrossOriginProtection
}

func newGuard(c config.Serve, proxies []netip.Prefix, local string) *guard {
	g := &guard{proxies: proxies, header: c.UserHeader, local: local, key: make([]byte, sha256.Size), cross: http.NewCrossOriginProtection()}
	for _, host := range c.Hosts {
		g.hosts = append(g.hosts, strings.ToLower(host))
	}
	_, _ = rand.Read(g.key)
	return g
}

// known reports whether a browser may ask by this Host. An IP address, localhost and the configured
// names may. The name of another site that leads to this machine (DNS rebinding) may not.
func (g *guard) known(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	_, err := netip.ParseAddr(host)
	return err == nil || host == "localhost" || slices.Contains(g.hosts, host)
}

// user returns who asks, or why nobody may who asks in this way. The proxy's word counts only where the
// request comes from a trusted proxy.
func (g *guard) user(r *http.Request) (name, refused string) {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "", "the address that this request came from is not known"
	}
	at := from.Addr().Unmap().WithZone("")
	if !slices.ContainsFunc(g.proxies, func(p netip.Prefix) bool { return p.Contains(at) }) {
		switch {
		case !at.IsLoopback() || len(g.proxies) > 0:
			return "", "these pages are shown only through the proxies that serve.trusted_proxies names, and this request came from " + at.String()
		case forwarded(r.Header) || r.Header.Get(g.header) != "":
			return "", "this request came through a proxy at " + at.String() + ", which serve.trusted_proxies does not name"
		}
		return g.local, ""
	}
	names := r.Header.Values(g.header)
	if len(names) != 1 || strings.TrimSpace(names[0]) == "" {
		return "", "the proxy does not name one user in the header " + g.header + ", which serve.user_header sets"
	}
	const longest = 200
	name = strings.TrimSpace(names[0])
	if len(name) > longest || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", "the name in the header " + g.header + " is no name of a user"
	}
	return name, ""
}

// forwarded reports whether a proxy has passed a request on.
func forwarded(h http.Header) bool {
	return slices.ContainsFunc([]string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"}, func(name string) bool {
		return h.Get(name) != ""
	})
}

// token returns the token that the forms of a user's pages have. No other site can read it.
func (g *guard) token(user string) string {
	mac := hmac.New(sha256.New, g.key)
	mac.Write([]byte(user))
	return hex.EncodeToString(mac.Sum(nil))
}

// named serves only requests whose Host is known.
func (g *guard) named(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.known(r.Host) {
			http.Error(w, "This name is not one by which fincrawl is asked. Say it in serve.hosts, or use the IP address.", http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// forUsers serves pages to those who may see them. What changes something comes from our own pages alone.
func (g *guard) forUsers(page func(w http.ResponseWriter, r *http.Request, user string)) http.Handler {
	return g.cross.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "frame-ancestors 'none'")
		h.Set("X-Frame-Options", "DENY")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		user, refused := g.user(r)
		if refused != "" {
			http.Error(w, "Refused: "+refused+".", http.StatusForbidden)
			return
		}
		if r.Method == http.MethodPost {
			r.Body = http.MaxBytesReader(w, r.Body, largestForm)
			if err := r.ParseForm(); err != nil {
				http.Error(w, "This is no form, or it is too large.", http.StatusRequestEntityTooLarge)
				return
			}
			if !hmac.Equal([]byte(r.PostForm.Get("token")), []byte(g.token(user))) {
				http.Error(w, "This form is from an earlier time, or not from here. Load the page anew and decide again.", http.StatusForbidden)
				return
			}
		}
		page(w, r, user)
	}))
}

// largestForm is the largest form that is read, in bytes. A plan of 10,000 changes has 8 MB.
const largestForm = 10_000_000
