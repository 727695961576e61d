package extract

import "testing"

// Shortcodes that nothing replaced are no text where they are around something. What a text says of them stays.
func TestShortcodesThatNothingRenderedAreNoText(t *testing.T) {
	for _, tt := range []struct{ name, page, want string }{
		{"around blocks", `<p>[vc_row][vc_column width="1/2" css=".c{margin: 0}"]</p><p>Oil it.</p><p>[/vc_column][/vc_row]</p>`, "Oil it."},
		{"around words", `<p>[et_pb_text]Oil it.[/et_pb_text] [caption id="a"]The wheel[/caption]</p>`, "Oil it. The wheel"},
		{"one that stands alone", `<p>Write [gallery ids="1,2"] there.</p>`, `Write \[gallery ids="1,2"\] there.`},
		{"those of forums, and other brackets", `<p>[b]Oil[/b] wheels[0], [Note]</p>`, `\[b\]Oil\[/b\] wheels\[0\], \[Note\]`},
		{"in code", `<p>Write <code>[my_box]</code> before and <code>[/my_box]</code> behind.</p>`, "Write `[my_box]` before and `[/my_box]` behind."},
	} {
		if article := contentOf(t, "<div>"+tt.page+"</div>"); article.Markdown != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, article.Markdown, tt.want)
		}
	}
}
