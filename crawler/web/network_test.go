package web_test

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

func TestACompanysAuthorityIsTrustedWithoutAClientCertificate(t *testing.T) {
	site := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<title>Start</title><p>What there is to read.</p>")
	}))
	defer site.Close()
	src := web.Source{Name: "help", URL: parse(t, site.URL+"/"), Fetch: fetch.Limits{MaxBody: 1 << 20, UserAgent: "fincrawl/test"}}
	if _, err := web.CheckLogin(t.Context(), src, web.Surroundings{}); err == nil {
		t.Error("a certificate of nobody's was accepted")
	}
	src.Fetch.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: site.Certificate().Raw})
	if _, err := web.CheckLogin(t.Context(), src, web.Surroundings{}); err != nil {
		t.Error(err)
	}
}

func TestPlainHeadersAndTheProxyAreUsed(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{})
	var language atomic.Value
	site.Before(func(_ http.ResponseWriter, r *http.Request) bool {
		language.Store(r.Header.Get("Accept-Language"))
		return false
	})
	var passed atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		passed.Add(1)
		r.RequestURI = ""
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Error(err)
			return
		}
		defer res.Body.Close()
		w.Header().Set("Content-Type", res.Header.Get("Content-Type"))
		w.WriteHeader(res.StatusCode)
		_, _ = io.Copy(w, res.Body)
	}))
	defer proxy.Close()
	got := crawl(t, site, func(s *web.Source, _ *web.Surroundings) {
		s.Fetch.Proxy, s.Fetch.Headers = proxy.URL, map[string]string{"Accept-Language": "de, en;q=0.5"}
	})
	if got.err != nil || len(got.pages) != 1 || passed.Load() == 0 {
		t.Errorf("%d pages, %d requests by the proxy: %v", len(got.pages), passed.Load(), got.err)
	}
	if said, _ := language.Load().(string); !strings.HasPrefix(said, "de, en") {
		t.Errorf("the site was asked for %q", said)
	}
}
