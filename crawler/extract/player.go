package extract

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// watchable returns the page where a film is to be seen that a player at the given
// address shows, and the name of its host; the address itself where that is not
// known.
func watchable(player *url.URL) (page *url.URL, service string) {
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

// playerOf returns the address of the film that n stands for where a script would
// put a player, or "".
func playerOf(n *html.Node) string {
	switch n.Data {
	case "lite-youtube", "youtube-video":
		if id := firstOf(attr(n, "videoid"), attr(n, "video-id")); id != "" {
			return "https://www.youtube.com/embed/" + url.PathEscape(id)
		}
	case "lite-vimeo":
		if id := attr(n, "videoid"); id != "" {
			return "https://player.vimeo.com/video/" + url.PathEscape(id)
		}
	case "wistia-player":
		if id := attr(n, "media-id"); id != "" {
			return "https://fast.wistia.net/embed/iframe/" + url.PathEscape(id)
		}
	case "div", "span":
		for class := range strings.FieldsSeq(attr(n, "class")) {
			if id, ok := strings.CutPrefix(class, "wistia_async_"); ok && id != "" {
				return "https://fast.wistia.net/embed/iframe/" + url.PathEscape(id)
			}
		}
	}
	return ""
}

// isBeacon tells of frames that are there for advertisers and for defence, and
// show a reader nothing.
func isBeacon(frame *url.URL) bool {
	for _, host := range []string{"doubleclick.net", "googletagmanager.com", "googlesyndication.com", "recaptcha.net"} {
		if frame.Host == host || strings.HasSuffix(frame.Host, "."+host) {
			return true
		}
	}
	return strings.Contains(frame.Path, "/recaptcha/")
}

// embedded appends a link to what a player or a frame would show.
func (c *cleaner) embedded(dst, n *html.Node) {
	if isPixel(n) {
		return
	}
	src := firstOf(playerOf(n), attr(n, "src"), attr(n, "data-src"), attr(n, "data-lazy-src"), attr(n, "data"))
	for d := range n.Descendants() {
		switch {
		case src != "":
		case isElement(d, atom.Source, atom.Embed):
			src = attr(d, "src")
		case isElement(d, atom.Param) && (attr(d, "name") == "movie" || attr(d, "name") == "src"):
			src = attr(d, "value")
		}
	}
	target := resolve(c.base, src)
	if target == nil || target.Scheme == "mailto" || isBeacon(target) {
		if n.DataAtom == atom.Object {
			c.children(dst, n) // for browsers that cannot show it
		}
		return
	}
	if n.DataAtom == atom.Object && strings.HasPrefix(attr(n, "type"), "image/") {
		dst.AppendChild(element(atom.Img, html.Attribute{Key: "src", Val: target.String()}, html.Attribute{Key: "alt", Val: textOf(c.clean(elementsIn(n)))}))
		return
	}
	target, service := watchable(target)
	name := words(firstOf(attr(n, "title"), attr(n, "aria-label"), attr(n, "playlabel")))
	if name == "" && service != "" {
		name = service + " video"
	}
	if name == "" {
		name = target.Host + target.Path
	}
	link := element(atom.A, html.Attribute{Key: "href", Val: target.String()})
	link.AppendChild(text(name))
	p := element(atom.P)
	p.AppendChild(link)
	dst.AppendChild(p)
}
