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
	pushTimeout = 10 * time.Second // for one request
	job         = "/metrics/job/"
)

// Push sends the metrics to a Pushgateway. Those of the run are one group, and those of each source are
// another, so that runs of single sources do not erase each other's metrics. The URL may have the job's
// name, such as http://gateway:9091/metrics/job/wikis. It defaults to fincrawl.
func Push(ctx context.Context, address string, s Snapshot) error {
	base, err := pushAddress(address)
	if err != nil {
		return err
	}
	unfollowed := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client := http.Client{Timeout: pushTimeout, CheckRedirect: unfollowed}
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

// pushAddress returns the URL of the job's group.
func pushAddress(address string) (*url.URL, error) {
	base, err := url.Parse(address)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return nil, errors.New("a Pushgateway's address begins with http:// or https:// and has a host, " +
			"such as http://pushgateway:9091")
	case base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("a Pushgateway's address has no ? and no # in it")
	case !strings.Contains(base.Path+"/", job):
		base = base.JoinPath(job, "fincrawl")
	case strings.HasSuffix(base.Path+"/", job):
		return nil, errors.New("the address of the Pushgateway ends before the name of the job: " +
			"write " + job + "NAME, or leave it out")
	}
	return base, nil
}

// put replaces a group by the wanted metrics of a snapshot. It does nothing where there are none.
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
		return fmt.Errorf("push the metrics: PUT %s: HTTP %d: %s",
			group.Redacted(), resp.StatusCode, strings.TrimSpace(string(text)))
	}
	return nil
}
