package scope

import (
	"net/url"
	"strings"
)

// UnsafeLink says why following a link while logged in may end the session or
// change something, or returns "". It looks at whole path segments and parameter
// values only, so that articles about logging out or deleting are read:
// /articles/how-to-log-out and /delete-your-account are safe, /logout and
// /articles/12/delete are not.
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

// ChangesAtEnd returns the verb that the path of an address ends in, where that would change
// something after the path of a page, as in /articles/12/archive; "" for none. /archive and
// /blog/archive are ordinary places, so that it is no verdict.
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

// toggles returns what a parameter that only says yes or no, or a number, would do: it bears
// the name of a verb, as in ?wpvote=1.
func toggles(name, value string) string {
	switch value {
	case "", "0", "1", "-1", "+1", "up", "down", "yes", "no", "on", "off", "true", "false":
	default:
		return ""
	}
	for _, verb := range []string{"vote", "like", "unlike", "dislike", "watch", "unwatch", "follow", "unfollow", "subscribe", "unsubscribe",
		"favorite", "favourite", "bookmark", "delete", "remove", "trash", "publish", "unpublish", "confirm", "confirmed"} {
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

// LogsOut is what [UnsafeLink] says of a link that ends the session.
const LogsOut = "logs out"

// plainName is a segment or value in lower case as verbs are listed here, however a
// site writes it: "_logout", "sign-out.php", "Special:UserLogout", "logout;jsessionid=1".
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

// isSpecial tells of the namespace that MediaWiki keeps what it does itself in.
func isSpecial(namespace string) bool {
	switch namespace {
	case "special", "spezial", "spécial", "especial", "speciale", "specjalna", "служебная", "spesial", "toiminnot":
		return true
	}
	return false
}

// WithoutExtension returns a segment of a path without the extension of its file.
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

// destroys lists the verbs that act by a mere visit on enough software to be
// avoided in a path as well as in a parameter.
func destroys(verb string) bool {
	switch verb {
	case "delete", "remove", "destroy", "trash", "unsubscribe":
		return true
	}
	return false
}

// changes lists the verbs that act only where a parameter chooses an action:
// /archive and /edit are ordinary places.
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

// guardsAction lists the parameters that carry a token against forged requests,
// which only a request that changes something needs.
func guardsAction(name string) bool {
	switch name {
	case "_wpnonce", "csrf", "csrf_token", "_csrf", "csrfmiddlewaretoken", "authenticity_token", "_token", "sectok",
		"sesskey", "wpedittoken", "xsrf", "atl_token":
		return true
	}
	return false
}
