package extract

import (
	"strings"
	"testing"
)

// What only a style sheet, a style or a colour keeps from a reader must not be
// read by a model.
func TestWhatStylesHideIsLeftOut(t *testing.T) {
	for name, page := range map[string]string{
		"a rule for a class":                  `<style>.x{display:none}</style><p class="a x">SECRET</p>`,
		"a rule in a list, in upper case":     `<style>.q , .X > P { Color:red; DISPLAY : None }</style><div class=X><p>SECRET</div>`,
		"a rule for an ID":                    `<style>#x{visibility:hidden}</style><p id=x>SECRET</p>`,
		"a rule for an attribute":             `<style>[data-ai]{display:none!important}</style><p data-ai>SECRET</p>`,
		"a rule inside of a layer":            `<style>@layer base{.x{display:none}}</style><p class=x>SECRET</p>`,
		"a rule for screens":                  `<style>@media screen{.x{display:none}}</style><p class=x>SECRET</p>`,
		"a later rule that wins":              `<style>.x{display:block}.x{display:none}</style><p class=x>SECRET</p>`,
		"an important rule":                   `<style>.x{display:none!important}#y{display:block}</style><p id=y class=x>SECRET</p>`,
		"a rule after a broken one":           `<style>.a{color:}}} .b{;;} .x{display:none}</style><p class=x>SECRET</p>`,
		"opacity":                             `<p style="opacity:0">SECRET</p>`,
		"opacity in a rule":                   `<style>.x{opacity:0.0}</style><p class=x>SECRET</p>`,
		"no size":                             `<div style="width:0;height:0;overflow:hidden">SECRET</div>`,
		"no height":                           `<div style="height:0px; overflow:hidden">SECRET</div>`,
		"one pixel":                           `<style>.x{position:absolute;width:1px;height:1px;overflow:hidden}</style><span class=x>SECRET</span>`,
		"clip":                                `<span style="position:absolute;clip:rect(0 0 0 0)">SECRET</span>`,
		"clip, with commas":                   `<span style="position:absolute;clip:rect(1px, 1px, 1px, 1px)">SECRET</span>`,
		"clip path":                           `<span style="clip-path:inset(50%)">SECRET</span>`,
		"off to the left":                     `<div style="position:absolute;left:-9999px">SECRET</div>`,
		"off to the top, in a rule":           `<style>.x{position:fixed;top:-10000px}</style><div class=x>SECRET</div>`,
		"text indent":                         `<div style="text-indent:-9999px">SECRET</div>`,
		"margin":                              `<div style="margin-left:-9999px">SECRET</div>`,
		"scaled to nothing":                   `<div style="transform:scale(0)">SECRET</div>`,
		"letters of no size":                  `<span style="font-size:0">SECRET</span>`,
		"letters of one pixel":                `<span style="font-size:1px">SECRET</span>`,
		"white on white":                      `<p style="color:#fff;background-color:white">SECRET</p>`,
		"white on the white page":             `<p style="color:white">SECRET</p>`,
		"white on the white page, by a rule":  `<style>body{background:#fff}.x{color:rgb(255,255,255)}</style><p class=x>SECRET</p>`,
		"almost white":                        `<p style="color:#fefefe">SECRET</p>`,
		"an old white":                        `<font color="#ffffff">SECRET</font>`,
		"black on a black box":                `<div style="background:#000"><span style="color:#000000">SECRET</span></div>`,
		"no colour at all":                    `<p style="color:transparent">SECRET</p>`,
		"transparent by its numbers":          `<p style="color:rgba(0,0,0,0)">SECRET</p>`,
		"white on white beside other sheets":  `<link rel=stylesheet href=a.css><p style="color:#fff;background:#fff">SECRET</p>`,
		"hidden inside what a click opens":    `<details><summary>more</summary><p>seen, too</p><p style="display:none">SECRET</p></details>`,
		"a menu, though hovering would":       `<style>.menu ul{display:none}.menu:hover ul{display:block}</style><div class=menu><ul><li>SECRET</ul></div>`,
		"a dialog that a button opens":        `<button data-toggle=modal data-target="#m">Open</button><div class="modal" id=m style="display:none">SECRET</div>`,
		"hidden by the page, after a comment": `<style><!-- .x{display:none} --></style><p class=x>SECRET</p>`,
	} {
		t.Run(name, func(t *testing.T) {
			article := contentOf(t, "<body><p>seen</p>"+page)
			if strings.Contains(article.HTML+article.Markdown, "SECRET") || !strings.Contains(article.HTML, "seen") {
				t.Errorf("got %q", article.HTML)
			}
		})
	}
}

// What a person sees, at once or after a click, is content.
func TestWhatAPersonCanSeeStays(t *testing.T) {
	for name, page := range map[string]string{
		"rules for print":                     `<style>@media print{.x{display:none}}</style><p class=x>TEXT</p>`,
		"a sheet for print":                   `<style media=print>.x{display:none}</style><p class=x>TEXT</p>`,
		"rules for small windows":             `<style>@media (max-width:600px){.x{display:none}}</style><p class=x>TEXT</p>`,
		"shown in larger windows":             `<style>.x{display:none}@media (min-width:600px){.x{display:block}}</style><p class=x>TEXT</p>`,
		"a later rule shows it":               `<style>.x{display:none}.x{display:block}</style><p class=x>TEXT</p>`,
		"a more specific rule shows it":       `<style>div .x{display:block}.x{display:none}</style><div><p class=x>TEXT</p></div>`,
		"its own style shows it":              `<style>.x{display:none}</style><p class=x style="display:block">TEXT</p>`,
		"for another class":                   `<style>.x{display:none}</style><p class=xx>TEXT</p>`,
		"only when hovered":                   `<style>.x:hover{display:none}</style><p class=x>TEXT</p>`,
		"only a pseudo-element":               `<style>.x::before{display:none}</style><p class=x>TEXT</p>`,
		"a panel that a class opens":          `<script src=a.js></script><style>.body{display:none}.item.open .body{display:block}</style><div class=item><b>Why</b><div class=body>TEXT</div></div>`,
		"a panel that a checkbox opens":       `<style>.body{max-height:0;overflow:hidden}input:checked~.body{max-height:99em}</style><div><input type=checkbox id=i><label for=i>Why</label><div class=body>TEXT</div></div>`,
		"a panel of height nothing, moving":   `<style>.panel{max-height:0;overflow:hidden;transition:max-height .2s}</style><div class=panel>TEXT</div>`,
		"Bootstrap's collapse":                `<style>.collapse{display:none}.collapse.show{display:block}</style><button data-bs-toggle=collapse data-bs-target="#c">Why</button><div class=collapse id=c>TEXT</div>`,
		"what follows a button":               `<style>.panel{display:none}</style><button class=accordion>Why</button><div class=panel>TEXT</div>`,
		"what follows a heading to click":     `<h3 onclick="toggle(this)">Why</h3><div style="display:none">TEXT</div>`,
		"an answer below its question":        `<script src=a.js></script><style>.faq .answer{display:none}</style><div class=faq><h3>Why</h3><div class=answer>TEXT</div></div>`,
		"panes of tabs":                       `<script src=a.js></script><style>.tab-pane{display:none}.tab-pane.active{display:block}</style><div class="tab-pane">first</div><div class="tab-pane">TEXT</div>`,
		"what comes as one scrolls":           `<script src=aos.js></script><style>[data-aos]{opacity:0}</style><p data-aos=fade-up>TEXT</p>`,
		"a target":                            `<style>.x{display:none}.x:target{display:block}</style><a href="#y">more</a><div class=x id=y>TEXT</div>`,
		"what fades in":                       `<style>.fade{opacity:0;animation:in 1s forwards}</style><p class=fade>TEXT</p>`,
		"what slides in":                      `<div style="opacity:0;transform:translateY(20px)">TEXT</div>`,
		"what a script reveals":               `<script>show(".reveal")</script><style>.reveal{opacity:0}.reveal.visible{opacity:1}</style><p class=reveal>TEXT</p>`,
		"a page that waits for its scripts":   `<style>body{visibility:hidden}</style><p>TEXT</p>`,
		"white on a dark box":                 `<div style="background:#003"><p style="color:#fff">TEXT</p></div>`,
		"white on a dark box, by rules":       `<style>.dark{background:#111}.dark p{color:#fff}</style><div class=dark><p>TEXT</p></div>`,
		"white on a picture":                  `<div style="background:url(a.jpg)"><p style="color:#fff">TEXT</p></div>`,
		"white on a variable":                 `<style>.x{background:var(--bg);color:#fff}</style><p class=x>TEXT</p>`,
		"white on what another sheet paints":  `<link rel=stylesheet href=a.css><div class=hero><p style="color:#fff">TEXT</p></div>`,
		"a gradient through letters":          `<p style="color:transparent;background:linear-gradient(red,blue);-webkit-background-clip:text">TEXT</p>`,
		"letters in a box without a size":     `<div style="font-size:0"><span style="font-size:14px">TEXT</span></div>`,
		"a film's box":                        `<div style="position:relative;height:0;padding-bottom:56%;overflow:hidden"><iframe src="https://v.example.com/1" title=TEXT></iframe></div>`,
		"visible inside of what is invisible": `<div style="visibility:hidden"><p style="visibility:visible">TEXT</p></div>`,
		"the main part behind a dialog":       `<main aria-hidden=true><p>TEXT</p></main>`,
		"hidden until found":                  `<div hidden=until-found>TEXT</div>`,
		"a closed details":                    `<details><summary>Why</summary>TEXT</details>`,
		"without scripts":                     `<style>.no-js .x{display:none}</style><div class=no-js><p class=x>TEXT</p></div>`,
	} {
		t.Run(name, func(t *testing.T) {
			article := contentOf(t, "<body><p>seen</p>"+page)
			if !strings.Contains(article.HTML, "TEXT") {
				t.Errorf("got %q", article.HTML)
			}
		})
	}
}
