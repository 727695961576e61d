package fetch

import (
	"time"
)

// Limits limits what a crawl costs the site.
type Limits struct {
	Concurrency   int     // requests in flight
	Rate          float64 // requests a second; 0 is unlimited
	Timeout       time.Duration
	MaxBody       int64 // bytes, decompressed
	RespectRobots bool
	UserAgent     string
	Proxy         string            // proxy of all requests; "" uses the environment's
	Headers       map[string]string // sent with each request to the source unless it sets them
	CA            []byte            // authorities to trust besides the system's, in PEM; may be empty
}
