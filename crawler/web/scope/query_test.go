package scope

import (
	"net/url"
	"testing"
)

func TestWhichParametersChooseADocument(t *testing.T) {
	tests := []struct {
		name     string
		query    Query
		in, want string
	}{
		{"nothing is configured", Query{}, "?id=7&utm_source=x&page=2", "?id=7&page=2"},
		{"one is kept", Query{Keep: []string{"id"}}, "?id=7&page=2&sort=up", "?id=7"},
		{"one is kept that usually tracks", Query{Keep: []string{"utm_id"}}, "?utm_id=7&utm_source=x", "?utm_id=7"},
		{"one is dropped beside the usual", Query{Drop: []string{"ref"}}, "?ref=mail&id=7&gclid=1", "?id=7"},
		{"some are dropped by a star", Query{Drop: []string{"sort*"}}, "?sortBy=up&id=7&sort=1&resort=2", "?id=7&resort=2"},
		{"all are kept but one", Query{Keep: []string{"*"}, Drop: []string{"ref"}}, "?gclid=1&ref=x&id=7", "?gclid=1&id=7"},
		{"all are dropped", Query{Drop: []string{"*"}}, "?id=7&page=2", ""},
		{"names with brackets", Query{Drop: []string{"filter[*]"}}, "?filter%5Bcolour%5D=red&id=7", "?id=7"},
		{"whatever the case", Query{Keep: []string{"ID"}}, "?Id=7&Ref=x", "?Id=7"},
		{"several stars", Query{Drop: []string{"a*b*c"}}, "?axbxc=1&abc=2&acb=3&abcd=4", "?abcd=4&acb=3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u, err := url.Parse("https://example.com/a" + test.in)
			if err != nil {
				t.Fatal(err)
			}
			want := "https://example.com/a" + test.want
			n, ok := test.query.Normalise(u)
			if !ok || n.String() != want {
				t.Fatalf("got %v, %v; want %s", n, ok, want)
			}
			if again, _ := test.query.Normalise(n); again.String() != want {
				t.Errorf("and then %v", again)
			}
		})
	}
}
