package choose

import (
	"strings"
	"testing"
)

func TestRolesOfNames(t *testing.T) {
	for name, want := range map[string]role{
		"breadcrumb": navigation, "site-nav": navigation, "relatedArticles": aside, "post__author-box": person, "CookieConsent": consent,
		"sidebar-enabled": unknown, "has-sidebar": unknown, "nav-tabs": unknown, "author-content": unknown,
		"message-cell--user": person, "userInfo": person, "user-guide": unknown, "message-userContent": unknown, "user": unknown,
		"mdx-table_root__adKqa": unknown, "post__relatedArticles": aside, "panel--sidebar": unknown, "sidebar-list:border-l": unknown,
		"ad": appeal, "sc-1fAd3": unknown, "ad7": unknown, "shadow": unknown, "header": unknown,
		strings.Repeat("x", 100): unknown, "[&>*:not(:first-child)]:ad": appeal,
	} {
		if got := readName(name).role; got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
