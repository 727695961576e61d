// Package player knows what players of films on other sites show.
package player

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Page returns the page where a film is to be seen that a player at the given
// address shows, and the name of its host; the address itself where that is not
// known.
func Page(player *url.URL) (page *url.URL, service string) {
	host := strings.TrimPrefix(strings.ToLower(player.Host), "www.")
	parts := strings.Split(strings.Trim(player.Path, "/"), "/")
	last := parts[len(parts)-1]
	at := func(address string) *url.URL {
		u, err := url.Parse(address)
		if err != nil {
			return player
		}
		return u
	}
	switch {
	case (host == "youtube.com" || host == "youtube-nocookie.com") && len(parts) == 2 && parts[0] == "embed" && last != "videoseries":
		return at("https://www.youtube.com/watch?v=" + url.QueryEscape(last)), "YouTube"
	case host == "player.vimeo.com" && len(parts) == 2 && parts[0] == "video":
		if hash := player.Query().Get("h"); hash != "" {
			last += "/" + url.PathEscape(hash)
		}
		return at("https://vimeo.com/" + last), "Vimeo"
	case host == "loom.com" && len(parts) == 2 && parts[0] == "embed":
		return at("https://www.loom.com/share/" + last), "Loom"
	case strings.HasSuffix(host, "wistia.net") || strings.HasSuffix(host, "wistia.com"):
		return at("https://fast.wistia.net/embed/iframe/" + last), "Wistia"
	case host == "dailymotion.com" && len(parts) == 3 && parts[0] == "embed":
		return at("https://www.dailymotion.com/video/" + last), "Dailymotion"
	}
	return player, ""
}

// AddressOf returns the address of the player that a script would put where n stands; "" for
// none.
func AddressOf(n *html.Node) string {
	switch n.Data {
	case "lite-youtube", "youtube-video":
		if id := htmltree.FirstOf(htmltree.Attr(n, "videoid"), htmltree.Attr(n, "video-id")); id != "" {
			return "https://www.youtube.com/embed/" + url.PathEscape(id)
		}
	case "lite-vimeo":
		if id := htmltree.Attr(n, "videoid"); id != "" {
			return "https://player.vimeo.com/video/" + url.PathEscape(id)
		}
	case "wistia-player":
		if id := htmltree.Attr(n, "media-id"); id != "" {
			return "https://fast.wistia.net/embed/iframe/" + url.PathEscape(id)
		}
	case "div", "span":
		for class := range strings.FieldsSeq(htmltree.Attr(n, "class")) {
			if id, ok := strings.CutPrefix(class, "wistia_async_"); ok && id != "" {
				return "https://fast.wistia.net/embed/iframe/" + url.PathEscape(id)
			}
		}
	}
	return ""
}

// IsBeacon reports whether a frame is there for advertisers or for defence, and shows a reader
// nothing.
func IsBeacon(frame *url.URL) bool {
	for _, host := range []string{"doubleclick.net", "googletagmanager.com", "googlesyndication.com", "recaptcha.net"} {
		if frame.Host == host || strings.HasSuffix(frame.Host, "."+host) {
			return true
		}
	}
	return strings.Contains(frame.Path, "/recaptcha/")
}
