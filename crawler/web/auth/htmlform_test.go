package auth_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

// What is sent is what a browser would send after somebody typed the two fields
// and pressed Enter.
func TestAFormIsSentAsABrowserWould(t *testing.T) {
	fields := `<input name=u><input name=p type=password>`
	for name, c := range map[string]struct {
		html, form string
		fields     map[string]string // nil: u and p
		want       string            // method, path and query, then the body
	}{
		"action relative to the page":    {html: `<form method=post action=in>` + fields + `</form>`, want: "POST /dir/in\nu=sam&p=p%26w"},
		"no action":                      {html: `<form method=POST>` + fields + `</form>`, want: "POST /dir/login?x=1\nu=sam&p=p%26w"},
		"action relative to the base":    {html: `<base href="/app/"><form method=post action=in>` + fields + `</form>`, want: "POST /app/in\nu=sam&p=p%26w"},
		"GET replaces the query":         {html: `<form action="/in?old=1#top">` + fields + `</form>`, want: "GET /in?u=sam&p=p%26w\n"},
		"multipart":                      {html: `<form method=post enctype=multipart/form-data>` + fields + `<input type=file name=f></form>`, want: "POST /dir/login?x=1\nmultipart u=sam p=p&w"},
		"hidden fields and defaults":     {html: `<form method=post><input type=hidden name=csrf value="a+b"><input name=u value=typed>` + `<input type=PASSWORD name=p><input name=site value=main></form>`, want: "POST /dir/login?x=1\ncsrf=a%2Bb&u=sam&p=p%26w&site=main"},
		"boxes":                          {html: `<form method=post>` + fields + `<input type=checkbox name=a checked><input type=checkbox name=b><input type=radio name=r value=1><input type=radio name=r value=2 checked></form>`, want: "POST /dir/login?x=1\nu=sam&p=p%26w&a=on&r=2"},
		"lists":                          {html: `<form method=post>` + fields + `<select name=a><option disabled value=0>0<option>one  two<option value=2>2</select><select name=b><option>1<option value=x selected>2</select><select name=c multiple><option>1</select><textarea name=d>` + "\n" + `text</textarea></form>`, want: "POST /dir/login?x=1\nu=sam&p=p%26w&a=one+two&b=x&d=text"},
		"the first button":               {html: `<form method=post>` + fields + `<button type=button name=show>Show</button><button name=do value=login>In</button><input type=submit name=do value=forgot></form>`, want: "POST /dir/login?x=1\nu=sam&p=p%26w&do=login"},
		"a button with its own action":   {html: `<form action=/wrong>` + fields + `<input type=submit formmethod=post formaction=/right></form>`, want: "POST /right\nu=sam&p=p%26w"},
		"a picture as a button":          {html: `<form method=post>` + fields + `<input type=image name=go></form>`, want: "POST /dir/login?x=1\nu=sam&p=p%26w&go.x=0&go.y=0"},
		"a button that is named":         {html: `<form method=post>` + fields + `<button name=back value=1>Back</button><button name=go value=1>Go</button></form>`, fields: map[string]string{"u": "sam", "p": "p&w", "go": "1"}, want: "POST /dir/login?x=1\nu=sam&p=p%26w&go=1"},
		"a box that is named":            {html: `<form method=post>` + fields + `<input type=checkbox name=stay value=1></form>`, fields: map[string]string{"u": "sam", "p": "p&w", "stay": "1"}, want: "POST /dir/login?x=1\nu=sam&p=p%26w&stay=1"},
		"what is disabled stays":         {html: `<form method=post>` + fields + `<input name=a value=1 disabled><fieldset disabled><input name=b value=1></fieldset></form>`, want: "POST /dir/login?x=1\nu=sam&p=p%26w"},
		"fields outside their form":      {html: `<form id=f method=post action=/in></form><p><input name=u form=f><input name=p type=password form=f></p>`, want: "POST /in\nu=sam&p=p%26w"},
		"a form begun inside a table":    {html: `<table><form method=post action=/in><tr><td><input name=u></td><td><input name=p type=password></td></tr></form></table>`, want: "POST /in\nu=sam&p=p%26w"},
		"the form with the password":     {html: `<form action=/search><input name=q></form><form method=post action=/in>` + fields + `</form>`, want: "POST /in\nu=sam&p=p%26w"},
		"the form that can be seen":      {html: `<div style="display: none"><form method=post action=/trap>` + fields + `</form></div><form method=post action=/in>` + fields + `</form>`, want: "POST /in\nu=sam&p=p%26w"},
		"the form with the fields":       {html: `<form method=post action=/register><input name=mail><input name=p type=password></form><form method=post action=/in>` + fields + `</form>`, want: "POST /in\nu=sam&p=p%26w"},
		"the form that is chosen":        {html: `<form method=post action=/a>` + fields + `</form><form class=b method=post action=/b>` + fields + `</form>`, form: "form.b", want: "POST /b\nu=sam&p=p%26w"},
		"the form around what is chosen": {html: `<form method=post action=/a>` + fields + `</form><div id=b><form method=post action=/b>` + fields + `</form></div>`, form: "#b", want: "POST /b\nu=sam&p=p%26w"},
		"another charset":                {html: `<meta charset=iso-8859-1><form method=post>` + fields + `</form>`, fields: map[string]string{"u": "Zoë", "p": "€"}, want: "POST /dir/login?x=1\nu=Zo%EB&p=%80"},
		"a charset that is asked for":    {html: `<meta charset=iso-8859-1><form method=post accept-charset=utf-8>` + fields + `</form>`, fields: map[string]string{"u": "Zoë", "p": "x"}, want: "POST /dir/login?x=1\nu=Zo%C3%AB&p=x"},
	} {
		t.Run(name, func(t *testing.T) {
			sent := make(chan string, 1)
			base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				switch r.URL.RequestURI() {
				case "/dir/login?x=1":
					if r.Method == http.MethodGet {
						fmt.Fprint(w, c.html)
						return
					}
				case "/":
					return
				}
				sent <- r.Method + " " + r.URL.RequestURI() + "\n" + bodyOf(t, r)
			}))
			if c.fields == nil {
				c.fields = map[string]string{"u": "sam", "p": "p&w"}
			}
			if _, _, err := login(t, base+"/", auth.Form{URL: base + "/dir/login?x=1", Fields: c.fields, Form: c.form}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, <-sent); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
		})
	}
}

func bodyOf(t *testing.T, r *http.Request) string {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		parts, err := r.MultipartReader()
		if err != nil {
			t.Error(err)
			return ""
		}
		line := "multipart"
		for {
			part, err := parts.NextPart()
			if err != nil {
				return line
			}
			value, _ := io.ReadAll(part)
			line += " " + part.FormName() + "=" + string(value)
		}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return string(body)
}
