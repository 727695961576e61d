package extract

import (
	"strings"
	"testing"
)

const loginForm = `<form id="login" action="/login" method="post"><input type="hidden" name="csrf" value="s3cret"><label>Name <input name="user"></label><label>Password <input type="password" name="pass" value="hunter2"></label><button>Log in</button></form>`

var publicText = "<h1>Public page</h1><p>" + strings.Repeat("Anybody may read these words of ours. ", 8) + "</p>"

func TestLoginFormInPlaceOfTheContentIsAWall(t *testing.T) {
	tests := []struct{ name, page, want string }{
		{"a plain login page", `<title>Log in</title><h1>Log in</h1>` + loginForm, "form#login (fields user, pass)"},
		// DokuWiki answers so with status 200 (see real-sites.md).
		{"DokuWiki, under the real title", `<title>Backups [Ops Wiki]</title><header><h1>Ops Wiki</h1></header><main><h1 class="sectionedit1">Permission Denied</h1><div class="level1"><p>Sorry, you don't have enough rights to continue. </p></div>
			<h1>Login</h1><p>You are currently not logged in! Enter your authentication credentials below to log in. You need to have cookies enabled to log in.</p>
			<form id="dw__login" action="/doku.php?id=backups" method="post"><input type="hidden" name="sectok" value=""><input type="hidden" name="do" value="login"><input type="text" name="u"><input type="password" name="p"><input type="checkbox" name="r"><button>Log In</button></form></main>
			<nav>` + strings.Repeat("<a href=/x>wiki page</a> ", 100) + `</nav>`, "form#dw__login (fields u, p)"},
		{"a login page in a dialog", `<div class="modal" role="dialog">` + loginForm + `</div>`, "form#login (fields user, pass)"},
		{"the first of two steps", `<h1>Welcome</h1><form action="/signin/identifier?token=abc"><input type="email" name="id"></form>`, "form[action=/signin/identifier] (fields id)"},
		{"sent on to a single sign-on", `<body onload="document.forms[0].submit()"><form action="https://sso.example.com"><input type="hidden" name="SAMLRequest" value="PHNh"></form>`, "form[action=https://sso.example.com]"},
		{"fields without a form", `<div id="app"><h1>Sign in</h1><input name="email"><input type="password" name="pw"></div>`, "a password field outside any form (pw)"},
		// MediaWiki answers so with status 200 (see real-sites.md).
		{"MediaWiki, a link in place of a form", `<title>Login required - Corp Wiki</title><meta name="robots" content="noindex,nofollow"><div role="main"><h1>Login required</h1><p>Please <a href="/index.php?title=Special:UserLogin&amp;returnto=Secret">log in</a> to view other pages.</p></div>`, "link to log in (/index.php?title=Special:UserLogin)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := parsePage(t, test.page).LoginForm()
			if !ok || got != test.want {
				t.Errorf("got %q, %v; want %q", got, ok, test.want)
			}
		})
	}
}

func TestLoginFormBesideTheContentIsNoWall(t *testing.T) {
	tests := []struct{ name, page string }{
		{"in the header", `<header>` + loginForm + `</header><main>` + publicText + `</main>`},
		{"in the header of a short page", `<header>` + loginForm + `</header><p>A short page of seven words only.</p>`},
		{"in the navigation", `<nav>` + loginForm + `</nav>` + publicText},
		{"in the footer", publicText + `<footer>` + loginForm + `</footer>`},
		{"in an aside", publicText + `<aside>` + loginForm + `</aside>`},
		{"in a dialog", publicText + `<dialog>` + loginForm + `</dialog>`},
		{"in a division called sidebar", publicText + `<div class="left sidebar">` + loginForm + `</div>`},
		{"beside the article", `<article>` + publicText + `</article><div>` + loginForm + `</div>`},
		{"under a long text", strings.Repeat(publicText, 4) + loginForm},
		{"to change a password", `<h1>Account</h1><form><input type=password name=old><input type=password name=new><input type=password name=again></form>`},
		{"to register", `<h1>Join us</h1><form><input name=first><input name=last><input name=email><input type=password name=pw></form>`},
		{"to choose a password", `<form action="/signup"><input name=email><input type=password name=pw autocomplete="new-password"></form>`},
		{"a search", `<form action="/search"><input name=q></form><p>Nothing found.</p>`},
		{"a short public page with a link to log in", `<p>To change this, <a href="/login">log in</a>.</p>`},
		{"a way to log out", `<meta name=robots content=noindex><div id=bar><a href="/wp-login.php?action=logout&amp;_wpnonce=1">Log Out</a></div><main><p>Letters are answered within three days.</p><p>Logged in as Ann. <a href="/wp-login.php">Another?</a></p></main>`},
		{"hidden, for scripts to send", `<div id="app"></div><div style="display: none">` + loginForm + `</div>`},
		{"none", publicText},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, ok := parsePage(t, test.page).LoginForm(); ok {
				t.Errorf("took %q for a wall", got)
			}
		})
	}
}

func TestDescriptionOfALoginFormHasNoValues(t *testing.T) {
	got, _ := parsePage(t, loginForm).LoginForm()
	for _, secret := range []string{"s3cret", "hunter2"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q has the value %q", got, secret)
		}
	}
}
