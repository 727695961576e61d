package intercom

import (
	"net/http"
	"strconv"
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
