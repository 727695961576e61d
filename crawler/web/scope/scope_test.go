package scope

import (
	"net/url"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

func TestScopeIsBoundedByTheStartAddress(t *testing.T) {
	tests := []struct {
		start string
		in    []string
		out   []string
	}{
		{"https://help.example.com", []string{"/", "/a/b", "http://help.example.com/a"},
			[]string{"https://example.com/", "https://www.help.example.com/", "https://help.example.com:8443/a", "http://help.example.com:8080/"}},
		{"https://help.example.com/docs", []string{"/docs", "/docs/", "/docs/a?b=c"}, []string{"/", "/docsx", "/docs.html", "/Docs/a"}},
		{"https://help.example.com/docs/", []string{"/docs", "/docs/a"}, []string{"/docsx"}},
		{"https://help.example.com/wiki/index.html", []string{"/wiki/", "/wiki/a", "/wiki"}, []string{"/", "/wikis"}},
		{"https://help.example.com/doku.php?id=start", []string{"/", "/doku.php?id=a", "/lib/x"}, nil},
		{"https://help.example.com/docs/v1.2", []string{"/docs/v1.2/a"}, []string{"/docs/v1.3", "/docs/"}},
		{"http://help.example.com/", []string{"http://help.example.com/a", "https://help.example.com/a"}, []string{"http://help.example.com:8080/"}},
		{"https://help.example.com:8443/", []string{"https://help.example.com:8443/a"}, []string{"/", "http://help.example.com:8443/a"}},
	}
	for _, test := range tests {
		t.Run(test.start, func(t *testing.T) {
			s := scopeIn(t, Bounds{Start: parsed(t, test.start)})
			for _, a := range test.in {
				if outcome, detail := s.Judge(scoped(t, s, a)); outcome != "" {
					t.Errorf("%s is %s: %s", a, outcome, detail)
				}
			}
			for _, a := range test.out {
				if outcome, _ := s.Judge(scoped(t, s, a)); outcome != crawler.OutOfScope {
					t.Errorf("%s is %q, want %s", a, outcome, crawler.OutOfScope)
				}
			}
		})
	}
}

func TestRulesNarrowTheScope(t *testing.T) {
	s := scopeIn(t, Bounds{
		Start: parsed(t, "https://help.example.com/"),
		Seeds: []string{"/hidden/seed", "https://help.example.com/articles/x/print"},
		Rules: Rules{
			Include: []urlpattern.Pattern{pattern(t, "/articles/**")},
			Exclude: []urlpattern.Pattern{pattern(t, "/articles/*/print")},
			Follow:  []urlpattern.Pattern{pattern(t, "/topics/**")},
		},
	})
	tests := []struct {
		path     string
		outcome  crawler.Outcome
		included bool
		followed bool
	}{
		{"/", "", false, true},                                // the start address is always fetched and followed
		{"/articles/a", "", true, false},                      // a page, but follow does not name it
		{"/topics/a", "", false, true},                        // followed, but include does not name it
		{"/blog/a", crawler.OutOfScope, false, false},         // neither
		{"/articles/a/print", crawler.Excluded, false, false}, //
		{"/hidden/seed", "", false, true},                     // a seed is always fetched
		{"/articles/x/print", "", false, true},                // even one that exclude names, but it becomes no page
		{"/articles/how-to-log-out", "", true, false},         //
		{"/articles/a?action=delete", "", true, false},        // nobody is logged in
	}
	for _, test := range tests {
		u := address(t, test.path)
		outcome, _ := s.Judge(u)
		if outcome != test.outcome || s.Includes(u) != test.included || s.Follows(u) != test.followed {
			t.Errorf("%s: outcome %q, included %v, followed %v; want %q, %v, %v",
				test.path, outcome, s.Includes(u), s.Follows(u), test.outcome, test.included, test.followed)
		}
	}
}

func TestTheLoginFormIsNoPage(t *testing.T) {
	s := scopeIn(t, Bounds{
		Start: parsed(t, "https://help.example.com/w/"),
		Login: "https://help.example.com/w/index.php?title=Special:UserLogin", LoggedIn: true,
	})
	for path, want := range map[string]crawler.Outcome{
		"/w/index.php?title=Special:UserLogin&returnto=Main_Page": crawler.Excluded,
		"/w/index.php?title=Main_Page":                            "",
	} {
		if outcome, _ := s.Judge(address(t, path)); outcome != want {
			t.Errorf("%s is %q, want %q", path, outcome, want)
		}
	}
}

// katana 201: an authenticated crawler followed "log out" and destroyed its own session.
func TestLinksThatActAreNotFollowed(t *testing.T) {
	unsafe := []string{
		"/logout", "/users/sign_out", "/log-out/", "/account/signout?next=/", "/logout.php", "/Logout.aspx",
		"/doku.php?do=logout&id=start", "/index.php?title=Special:UserLogout", "/wiki/Special:UserLogout", "/?logout=1", "/wp-login.php?action=logout",
		"/index.php?action=delete&title=A", "/index.php?action=edit&title=A", "/index.php?action=rollback", "/wiki.pl?action=editprefs", "/x?do=delete_user", "/index.php?action=unwatch&title=A", "/x?action=archive",
		"/doku.php?do=revert&rev=1", "/doku.php?do=delete", "/articles/12/delete", "/articles/12/remove", "/newsletter/unsubscribe", "/delete/12",
		"/_logout", "/_delete/Guide", "/user/do-logout", "/logout;jsessionid=1", "/de/abmelden", "/w/index.php?title=Spezial%3AAbmelden", "/?a=sign_out", "/x?action=mark-patrolled",
		"/a?_wpnonce=abc", "/a?authenticity_token=abc", "/doku.php?id=a&sectok=abc",
	}
	safe := []string{
		"/", "/articles/how-to-log-out", "/delete-your-account", "/articles/delete-your-account", "/articles/logout-problems", "/archive", "/edit",
		"/docs/remove-a-user", "/search?q=logout-help", "/a?action=view", "/delete", "/articles/unsubscribe-from-emails", "/doku.php?id=a&sectok=", "/docs/delete/overview/more",
		"/wiki/Help:Logout", "/wiki/Special:Version", "/signing-out",
	}
	s := scopeIn(t, Bounds{Start: parsed(t, "https://help.example.com/"), LoggedIn: true})
	for _, path := range unsafe {
		if outcome, detail := s.Judge(address(t, path)); outcome != crawler.Unsafe || detail == "" {
			t.Errorf("%s is followed: %q (%s)", path, outcome, detail)
		}
	}
	for _, path := range safe {
		if outcome, detail := s.Judge(address(t, path)); outcome != "" {
			t.Errorf("%s is %s: %s", path, outcome, detail)
		}
	}
}

func scopeIn(t *testing.T, b Bounds) *Scope {
	t.Helper()
	s, _, err := New(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parsed(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func scoped(t *testing.T, s *Scope, path string) *url.URL {
	t.Helper()
	u, ok := s.Normalise(address(t, path))
	if !ok {
		t.Fatalf("%s is no web address", path)
	}
	return u
}
