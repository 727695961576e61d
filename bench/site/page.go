package site

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
)

// render writes a page as help centers do: most of its markup is around the article.
func (s *Site) render(i int, printed bool) []byte {
	var b bytes.Buffer
	b.Grow(16 << 10)
	title := s.title(i)
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s – Help</title>\n", title)
	fmt.Fprintf(&b, "<meta name=\"csrf-token\" content=\"%016x\">\n", s.asked.Load()) // makes every answer different
	if printed || s.printed(i) {
		fmt.Fprintf(&b, "<link rel=\"canonical\" href=\"%s\">\n", s.Path(i))
	}
	b.WriteString("<link rel=\"stylesheet\" href=\"/style.css\"><script>window.settings = {theme: \"light\", beacon: true};</script></head>\n<body>\n")
	if !printed {
		s.menus(&b, i)
	}
	fmt.Fprintf(&b, "<main><article class=\"article\"><h1>%s</h1>\n", title)
	s.writeText(&b, i)
	s.links(&b, "<h2>In this section</h2>\n<ul class=\"children\">", s.children(i), "</ul>\n")
	b.WriteString("</article>\n")
	if s.printed(i) {
		fmt.Fprintf(&b, "<p class=\"tools\"><a href=\"/print/%d\">Print</a></p>\n", i)
	}
	b.WriteString("<aside class=\"feedback\"><p>Was this article helpful?</p><form><button>Yes</button><button>No</button></form></aside></main>\n")
	b.WriteString("<footer><nav><ul><li><a href=\"/\">Help</a></li><li><a href=\"https://example.com/terms\">Terms</a></li><li><a href=\"https://example.com/privacy\">Privacy</a></li></ul></nav><p>© Example Ltd.</p></footer>\n</body></html>\n")
	return b.Bytes()
}

// menus writes the header, the breadcrumbs and the sidebar.
func (s *Site) menus(b *bytes.Buffer, i int) {
	b.WriteString("<header><a class=\"logo\" href=\"/\"><img src=\"/logo.svg\" alt=\"Example\"></a><form role=\"search\" action=\"/search\"><input name=\"q\"></form>\n")
	s.links(b, "<nav><ul>", s.children(0), "</ul></nav></header>\n")
	var way []int
	for up := i; up > 0; up = s.parent(up) {
		way = append([]int{s.parent(up)}, way...)
	}
	s.links(b, "<nav class=\"breadcrumbs\"><ol>", way, "</ol></nav>\n")
	if i > 0 {
		s.links(b, "<aside class=\"sidebar\"><h2>Articles</h2><ul>", s.children(s.parent(i)), "</ul></aside>\n")
	}
}

func (s *Site) parent(i int) int { return (i - 1) / s.shape.Branching }

func (s *Site) children(i int) []int {
	var below []int
	for n := i*s.shape.Branching + 1; n <= (i+1)*s.shape.Branching && n < s.shape.Pages; n++ {
		below = append(below, n)
	}
	return below
}

func (s *Site) links(b *bytes.Buffer, before string, to []int, after string) {
	if len(to) == 0 {
		return
	}
	b.WriteString(before)
	for _, i := range to {
		fmt.Fprintf(b, "<li><a href=\"%s\">%s</a></li>", s.Path(i), s.title(i))
	}
	b.WriteString(after)
}

func (s *Site) title(i int) string {
	if i == 0 {
		return "Help center"
	}
	r := s.random(ofTitle, i)
	words := []string{capital(word(r)), word(r), word(r), strconv.Itoa(i)}
	return strings.Join(words, " ")
}

func (s *Site) slug(i int) string {
	r := s.random(ofTitle, i)
	return word(r) + "-" + word(r) + "-" + word(r)
}

// Text returns the HTML of an article without anything around it.
func (s *Site) Text(i int) string {
	var b bytes.Buffer
	s.writeText(&b, i)
	return b.String()
}

func (s *Site) writeText(b *bytes.Buffer, i int) {
	edition := s.editionOf(i)
	i = s.twin(i)
	r := s.random(ofText, i)
	left := s.shape.Words/2 + r.IntN(s.shape.Words+1)
	if edition > 0 {
		fmt.Fprintf(b, "<p class=\"note\">Revised for edition %d.</p>\n", edition)
	}
	for part := 1; left > 0; part++ {
		fmt.Fprintf(b, "<h2 id=\"part-%d\">%s %s</h2>\n", part, capital(word(r)), word(r))
		left -= paragraph(b, r)
		switch r.IntN(4) {
		case 0:
			left -= table(b, r)
		case 1:
			left -= steps(b, r)
		case 2:
			fmt.Fprintf(b, "<pre><code class=\"language-sh\">%s --%s %d\n%s --%s</code></pre>\n", word(r), word(r), r.IntN(100), word(r), word(r))
			left -= 5
		}
		left -= paragraph(b, r)
	}
}

func paragraph(b *bytes.Buffer, r *rand.Rand) (words int) {
	b.WriteString("<p>")
	for n := 2 + r.IntN(4); n > 0; n-- {
		words += sentence(b, r)
	}
	b.WriteString("</p>\n")
	return words
}

func sentence(b *bytes.Buffer, r *rand.Rand) (words int) {
	words = 6 + r.IntN(12)
	b.WriteString(capital(word(r)))
	for n := 1; n < words; n++ {
		b.WriteByte(' ')
		switch r.IntN(24) {
		case 0:
			fmt.Fprintf(b, "<strong>%s</strong>", word(r))
		case 1:
			fmt.Fprintf(b, "<a href=\"https://example.com/%s\">%s</a>", word(r), word(r))
		case 2:
			fmt.Fprintf(b, "<code>%s_%s</code>", word(r), word(r))
		default:
			b.WriteString(word(r))
		}
	}
	b.WriteString(". ")
	return words
}

func table(b *bytes.Buffer, r *rand.Rand) (words int) {
	b.WriteString("<table><thead><tr><th>Name</th><th>Meaning</th><th>Limit</th></tr></thead><tbody>\n")
	for n := 2 + r.IntN(5); n > 0; n-- {
		fmt.Fprintf(b, "<tr><td>%s</td><td>%s %s %s</td><td>%d</td></tr>\n", word(r), word(r), word(r), word(r), r.IntN(1000))
		words += 5
	}
	b.WriteString("</tbody></table>\n")
	return words
}

func steps(b *bytes.Buffer, r *rand.Rand) (words int) {
	b.WriteString("<ol>\n")
	for n := 2 + r.IntN(4); n > 0; n-- {
		b.WriteString("<li>")
		words += sentence(b, r)
		b.WriteString("</li>\n")
	}
	b.WriteString("</ol>\n")
	return words
}

// word returns one of some 11,000 words. A small vocabulary would compress better than real text.
func word(r *rand.Rand) string {
	if r.IntN(3) > 0 {
		return common()[r.IntN(len(common()))]
	}
	return starts()[r.IntN(len(starts()))] + middles()[r.IntN(len(middles()))] + ends()[r.IntN(len(ends()))]
}

func capital(w string) string { return strings.ToUpper(w[:1]) + w[1:] }

var (
	common = sync.OnceValue(func() []string {
		return strings.Fields(`the a to of and in your you is for on with or it this that from are can be when not
		account team page board invoice member setting project file link plan user role export import
		sync limit access report card owner login token review change delete create open choose save send`)
	})
	starts = sync.OnceValue(func() []string {
		return strings.Fields("re con de in pre sub trans inter over under out up mis dis com per pro ex ab ad be en")
	})
	middles = sync.OnceValue(func() []string {
		return strings.Fields("port form tract vert spect struct fer mit cede dict duct ject pend press scrib serv sist solv tain vis voc pos fin")
	})
	ends = sync.OnceValue(func() []string {
		return strings.Fields("s ed ing er able ion ment ive al ance ity less ful ly or ure ant ate ous ize ism ist")
	})
)
