package intercom

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What the limiter itself takes of each request, where the allowance is no bound.
func BenchmarkBudget(b *testing.B) {
	budget := newBudget(1)
	answer := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}}
	answer.Header.Set("X-RateLimit-Limit", "1000000000")
	answer.Header.Set("X-RateLimit-Remaining", "999999999")
	b.ReportAllocs()
	for b.Loop() {
		answer.Header.Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(10*time.Second).Unix(), 10))
		booked, err := budget.wait(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		budget.answered(booked, answer)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

// A list page of a library of long pages, which is most of what a comparison reads.
func BenchmarkListPage(b *testing.B) {
	html := strings.Repeat("<p class=\"note\">Nothing is removed that still exists.</p>\n", 1500)
	var list struct {
		Type string         `json:"type"`
		Data []ExternalPage `json:"data"`
	}
	list.Type = "list"
	for i := range listSize {
		list.Data = append(list.Data, ExternalPage{ID: strconv.Itoa(i), ExternalID: strconv.Itoa(i), SourceID: 44, HTML: html})
	}
	answer, err := json.Marshal(list)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(answer)))
	b.ReportAllocs()
	for b.Loop() {
		var page listPage[answeredPage]
		if err := decode(bytes.NewReader(answer), &page); err != nil || len(page.Data) != listSize {
			b.Fatal(len(page.Data), err)
		}
	}
}
