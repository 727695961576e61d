package extract_test

import (
	"net/url"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/extract"
)

func TestAPageIsADialogueThatSaysNothingBesideItsForm(t *testing.T) {
	const text = `<p>Whoever lost a key asks at the desk for a new one, and pays ten crowns for it, unless it was found again within the week.</p>`
	for name, test := range map[string]struct {
		body string
		want bool
	}{
		"a form below a heading": {`<h1>Rename</h1><form method=post><label>Title<input name=t></label><p>Links to the page are kept.</p></form>`, true},
		"a text to edit":         {`<h2>Keys</h2><form method=post><textarea name=t>What the page says.</textarea></form><p>Powered by Wiki</p>`, true},
		"a table in a form":      {`<h1>Keys</h1><h2>History</h2><form action=diff><table><tr><td>1<td>Ann<td>small words</table></form>`, true},
		"an article":             {`<h1>Keys</h1>` + text, false},
		"with a form below it":   {`<h1>Keys</h1>` + text + `<form method=post><label>Did this help?<textarea name=t></textarea></label></form>`, false},
		"with a form to edit it": {`<h1>Keys</h1>` + text + `<form method=post><textarea name=t>` + text + `</textarea></form>`, false},
		"with a search above it": {`<form action=/search><input name=q></form><h1>Keys</h1><p>At the desk.</p>`, false},
		"all in one form":        {`<form method=post><input name=q><h1>Keys</h1>` + text + text + text + `</form>`, false},
		"a picture":              {`<form method=post><input name=q></form><img src=plan.png>`, false},
	} {
		at, err := url.Parse("https://help.example/keys")
		if err != nil {
			t.Fatal(err)
		}
		doc, err := extract.Parse(at, "text/html", []byte("<title>Keys</title><body>"+test.body))
		if err != nil {
			t.Fatal(err)
		}
		article, err := doc.Extract(extract.Rules{})
		if err != nil || article.Dialogue != test.want {
			t.Errorf("%s: %t, want %t (%v): %q", name, article.Dialogue, test.want, err, article.Markdown)
		}
	}
}
