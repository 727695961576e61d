package extract

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
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
	src := htmltree.FirstOf(playerOf(n), htmltree.Attr(n, "src"), htmltree.Attr(n, "data-src"), htmltree.Attr(n, "data-lazy-src"), htmltree.Attr(n, "data"))
	for d := range n.Descendants() {
		switch {
		case src != "":
		case htmltree.IsElement(d, atom.Source, atom.Embed):
			src = htmltree.Attr(d, "src")
		case htmltree.IsElement(d, atom.Param) && (htmltree.Attr(d, "name") == "movie" || htmltree.Attr(d, "name") == "src"):
			src = htmltree.Attr(d, "value")
		}
	}
	target := resolve(c.base, src)
	if target == nil || target.Scheme == "mailto" || isBeacon(target) {
		if n.DataAtom == atom.Object {
			c.children(dst, n) // for browsers that cannot show it
		}
		return
	}
	if n.DataAtom == atom.Object && strings.HasPrefix(htmltree.Attr(n, "type"), "image/") {
		dst.AppendChild(htmltree.Element(atom.Img, html.Attribute{Key: "src", Val: target.String()}, html.Attribute{Key: "alt", Val: htmltree.TextOf(c.clean(htmltree.ElementsIn(n)))}))
		return
	}
	target, service := watchable(target)
	name := htmltree.Words(htmltree.FirstOf(htmltree.Attr(n, "title"), htmltree.Attr(n, "aria-label"), htmltree.Attr(n, "playlabel")))
	if name == "" && service != "" {
		name = service + " video"
	}
	if name == "" {
		name = target.Host + target.Path
	}
	link := htmltree.Element(atom.A, html.Attribute{Key: "href", Val: target.String()})
	link.AppendChild(htmltree.Text(name))
	p := htmltree.Element(atom.P)
	p.AppendChild(link)
	dst.AppendChild(p)
}
