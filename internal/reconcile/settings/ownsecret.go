package settings

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/internal/config"
)

// OwnSecrets returns the secrets by which fincrawl gets access: to Intercom, to the sites, and through
// proxies. Each has the key that it was configured by.
func OwnSecrets(c *config.Config, lookupEnv func(string) (string, bool)) []auth.Secret {
	all := []auth.Secret{{Key: "intercom.token", Value: c.Intercom.Token.Reveal()}}
	for _, s := range c.Sources {
		for _, secret := range NewAuth(s.Auth).Secrets() {
			secret.Key = s.Name + ": auth." + secret.Key
			all = append(all, secret)
		}
		all = append(all, inAddress(s.Name+": url", s.URL)...)
		for name, value := range s.Env {
			if !s.Literal[name] {
				all = append(all, auth.Secret{Key: s.Name + ": env." + name, Value: value.Reveal()})
			}
		}
	}
	for i, w := range c.Notify.Webhooks {
		key := fmt.Sprintf("notify.webhooks %d: ", i+1)
		all = append(all, auth.Secret{Key: key + "url", Value: w.URL.Reveal()})
		for name, value := range w.Headers {
			all = append(all, auth.Secret{Key: key + name, Value: value.Reveal()})
		}
	}
	if secret := c.Serve.HookSecret.Reveal(); secret != "" {
		all = append(all, auth.Secret{Key: "serve.hook_secret", Value: secret})
	}
	all = append(all, inAddress("intercom.base_url", c.Intercom.BaseURL)...)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"} {
		for _, name := range []string{name, strings.ToLower(name)} {
			if value, ok := lookupEnv(name); ok {
				all = append(all, inAddress(name, value)...)
			}
		}
	}
	return all
}

// inAddress returns the password in a URL, if there is one.
func inAddress(key, address string) []auth.Secret {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return nil
	}
	password, ok := u.User.Password()
	if !ok {
		return nil
	}
	return []auth.Secret{{Key: key, Value: password}}
}
