package scope

import (
	"net/url"
	"strings"
)

// UnsafeLink says why following a link while logged in may end the session or change something, or returns
// "". Only whole path segments and parameter values count, so that articles about logging out or deleting
// are read: /articles/how-to-log-out and /delete-your-account are safe, /logout and /articles/12/delete are
// not.
func UnsafeLink(u *url.URL) string {
	segments := strings.Split(strings.ToLower(strings.Trim(u.Path, "/")), "/")
	for i, segment := range segments {
		name := plainName(segment)
		last := i == len(segments)-1
		switch {
		case endsSession(name):
			return LogsOut
		case last && i > 0 && destroys(name), i == 0 && len(segments) == 2 && destroys(name):
			return "may " + name
		}
	}
	for pair := range strings.SplitSeq(strings.ToLower(u.RawQuery), "&") {
		name, value, _ := strings.Cut(pair, "=")
		switch verb := plainName(value); {
		case endsSession(plainName(name)), endsSession(verb):
			return LogsOut
		case ChoosesAction(name) && (destroys(verb) || changes(verb) || changesSomething(verb)):
			return "may " + verb
		case toggles(plainName(name), value) != "":
			return "may " + toggles(plainName(name), value)
		case guardsAction(name) && value != "":
			return "carries an action's token"
		}
	}
	return ""
}

// ChangesAtEnd returns the verb at the end of a path if it may change the page before it, as in
// /articles/12/archive, or else "". That is no proof: /archive and /blog/archive are ordinary pages.
func ChangesAtEnd(u *url.URL) string {
	at := strings.LastIndexByte(strings.TrimRight(u.Path, "/"), '/')
	if at < 1 {
		return ""
	}
	if verb := plainName(strings.ToLower(strings.Trim(u.Path[at:], "/"))); changes(verb) {
		return verb
	}
	return ""
}

// toggles returns the verb in the name of a parameter whose value is yes, no or a number, as in ?wpvote=1,
// or else "".
func toggles(name, value string) string {
	switch value {
	case "", "0", "1", "-1", "+1", "up", "down", "yes", "no", "on", "off", "true", "false":
	default:
		return ""
	}
	for _, verb := range []string{
		"vote", "like", "unlike", "dislike", "watch", "unwatch", "follow", "unfollow", "subscribe", "unsubscribe",
		"favorite", "favourite", "bookmark", "delete", "remove", "trash", "publish", "unpublish", "confirm", "confirmed",
	} {
		if rest, ok := strings.CutSuffix(name, verb); ok && len(rest) <= 3 {
			return verb
		}
	}
	if strings.HasPrefix(name, "mark") && strings.HasSuffix(name, "read") { // markread, mark_all_as_read, mark_unread
		return "mark as read"
	}
	return ""
}

// IsNamedOnly reports whether nothing but the name of one thing makes an address unsafe, in its path or as
// what its query asks to see: articles bear such names, too.
func IsNamedOnly(u *url.URL) bool {
	plain := *u
	plain.RawQuery = ""
	asked := url.URL{Path: "/", RawQuery: u.RawQuery}
	if UnsafeLink(&asked) == "" {
		return UnsafeLink(&plain) != "" || ChangesAtEnd(&plain) != ""
	}
	return UnsafeLink(&plain) == "" && NameInQuery(u.RawQuery) >= 0
}

// NameInQuery returns at which place of a query something stands that acts by its name alone, as in ?title=Logout
// and ?Delete; -1 where there is no such thing, or another that makes the query unsafe.
func NameInQuery(query string) int {
	at := -1
	for i, pair := range strings.Split(query, "&") {
		if UnsafeLink(&url.URL{Path: "/", RawQuery: pair}) == "" {
			continue
		}
		name, value, named := strings.Cut(strings.ToLower(pair), "=")
		if !named {
			value, name = name, ""
		}
		isName := endsSession(plainName(value)) || !named && toggles(plainName(value), "") != ""
		if at >= 0 || !isName || ChoosesAction(name) || strings.Contains(value, ":") || strings.Contains(value, "%3a") {
			return -1
		}
		at = i
	}
	return at
}

// LogsOut is what [UnsafeLink] returns for a link that ends the session.
const LogsOut = "logs out"

// plainName returns a segment or value, in lower case, as the verbs are listed here. Sites write it in many
// ways: "_logout", "sign-out.php", "Special:UserLogout", "logout;jsessionid=1".
func plainName(written string) string {
	name, _, _ := strings.Cut(written, ";")
	if unescaped, err := url.QueryUnescape(name); err == nil {
		name = unescaped
	}
	name = WithoutExtension(name)
	if namespace, page, ok := strings.Cut(name, ":"); ok && isSpecial(namespace) {
		name = page
	}
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' || r == '+' || r == ' ' {
			return -1
		}
		return r
	}, name)
}

// isSpecial reports whether this is MediaWiki's namespace for its own functions.
func isSpecial(namespace string) bool {
	switch namespace {
	case "special", "spezial", "spécial", "especial", "speciale", "specjalna", "служебная", "spesial", "toiminnot":
		return true
	}
	return false
}

// WithoutExtension returns a path segment without its file name extension.
func WithoutExtension(segment string) string {
	for _, extension := range []string{".php", ".aspx", ".asp", ".jsp", ".do", ".action", ".html", ".htm", ".cgi"} {
		if name, ok := strings.CutSuffix(segment, extension); ok {
			return name
		}
	}
	return segment
}

func endsSession(name string) bool {
	switch name {
	case "logout", "logoff", "signout", "signoff", "userlogout", "dologout", "logmeout",
		"abmelden", "ausloggen", "deconnexion", "déconnexion", "cerrarsesion", "cerrarsesión", "uitloggen", "afmelden",
		"terminarsessao", "disconnetti", "loggaut", "loggut", "logud", "wyloguj", "odhlasit", "çıkış":
		return true
	}
	return false
}

// destroys reports whether the verb acts by a mere visit in so much software that it is avoided in a path as
// well as in a parameter.
func destroys(verb string) bool {
	switch verb {
	case "delete", "remove", "destroy", "trash", "unsubscribe":
		return true
	}
	return false
}

// changes reports whether the verb acts only if a parameter chooses an action. In a path it is ordinary, as
// in /archive and /edit.
func changes(verb string) bool {
	switch verb {
	case "edit", "submit", "save", "archive", "unarchive", "purge", "rollback", "revert", "undo", "restore",
		"watch", "unwatch", "subscribe", "protect", "unprotect", "move", "rename", "approve", "reject", "publish",
		"unpublish", "enable", "disable", "markpatrolled", "vote", "like":
		return true
	}
	return false
}

// changesSomething reports whether a verb is one that changes with what it changes: editprefs, delete_user. Some software
// makes an account or a draft for whoever visits such a form.
func changesSomething(verb string) bool {
	for _, change := range []string{"edit", "delete", "remove", "save", "submit"} {
		if rest, ok := strings.CutPrefix(verb, change); ok && !strings.HasPrefix(rest, "i") && !strings.HasPrefix(rest, "o") { // edition, editor
			return true
		}
	}
	return false
}

// ChoosesAction reports whether a parameter of this name says what to do rather than what to show.
func ChoosesAction(name string) bool {
	switch name {
	case "action", "do", "act", "cmd", "command", "op", "operation", "task", "method", "_method", "mode":
		return true
	}
	return false
}

// guardsAction reports whether a parameter is a token against forged requests, which only a request that
// changes something needs.
func guardsAction(name string) bool {
	switch name {
	case "_wpnonce", "csrf", "csrf_token", "_csrf", "csrfmiddlewaretoken", "authenticity_token", "_token", "sectok",
		"sesskey", "wpedittoken", "xsrf", "atl_token":
		return true
	}
	return false
}
