package metrics

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	pushTimeout = 10 * time.Second // of one request
	job         = "/metrics/job/"
)

// Push hands the metrics to a Pushgateway: those of the run as one group, and those of each source
// as one of its own, so that runs of single sources do not erase each other's. Its address may
// name the job, such as http://gateway:9091/metrics/job/wikis; else the job is fincrawl.
func Push(ctx context.Context, address string, s Snapshot) error {
	base, err := pushAddress(address)
	if err != nil {
		return err
	}
	client := http.Client{Timeout: pushTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	all := s.Sources
	s.Sources = nil
	if err := put(ctx, &client, base, s, func(m Metric) bool { return m.of != nil }); err != nil {
		return err
	}
	var errs []error
	for _, source := range all {
		s.Sources = []Source{source}
		group := base.JoinPath("source@base64", base64.RawURLEncoding.EncodeToString([]byte(source.Name)))
		errs = append(errs, put(ctx, &client, group, s, func(m Metric) bool { return m.of == nil }))
	}
	return errors.Join(errs...)
}

// pushAddress is the address of the job's group.
func pushAddress(address string) (*url.URL, error) {
	base, err := url.Parse(address)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return nil, errors.New("a Pushgateway's address begins with http:// or https:// and has a host, such as http://pushgateway:9091")
	case base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("a Pushgateway's address has no ? and no # in it")
	case !strings.Contains(base.Path+"/", job):
		base = base.JoinPath(job, "fincrawl")
	case strings.HasSuffix(base.Path+"/", job):
		return nil, errors.New("the address of the Pushgateway ends before the name of the job: write " + job + "NAME, or leave it out")
	}
	return base, nil
}

// put replaces a group by what is wanted of a snapshot, if there is anything.
func put(ctx context.Context, client *http.Client, group *url.URL, s Snapshot, wanted func(Metric) bool) error {
	var body bytes.Buffer
	if err := write(&body, s, wanted); err != nil || body.Len() == 0 {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, group.String(), &body)
	if err != nil {
		return fmt.Errorf("push the metrics: %w", err)
	}
	req.Header.Set("Content-Type", ContentType)
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("push the metrics: %w", err)
	}
	defer resp.Body.Close()
	const longest = 300
	text, _ := io.ReadAll(io.LimitReader(resp.Body, longest))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("push the metrics: PUT %s: HTTP %d: %s", group.Redacted(), resp.StatusCode, strings.TrimSpace(string(text)))
	}
	return nil
}
