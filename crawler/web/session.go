package web

import (
	"context"
	"errors"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/render"
)

// restoreSession restores the session of an earlier run, which the login tries first. If that fails, it only
// costs a login.
func (c *crawl) restoreSession() {
	if c.keeper == nil || !c.session.Keeps() {
		return
	}
	sealed, err := c.keeper.Session()
	if err == nil {
		err = c.session.Restore(c.Files.Jar, sealed)
	}
	if err != nil {
		c.log.Info("logging in anew", "reason", err)
	}
}

// keepSession keeps the session for the next run, if the source is configured so.
func (c *crawl) keepSession() {
	if c.keeper == nil || !c.session.Keeps() {
		return
	}
	sealed, err := c.session.Seal(c.Files.Jar)
	if err == nil && sealed != nil {
		err = c.keeper.KeepSession(sealed)
	}
	if err != nil {
		c.log.Warn("the session could not be kept for the next run", "error", err)
	}
}

// logIn logs in to the source as a plain client if possible. If only scripts can make or send the login
// form, it uses the browser.
func (c *crawl) logIn(ctx context.Context) (seen []string, err error) {
	seen, err = c.session.Login(ctx, c.Files)
	var refused *auth.LoginError
	if c.browser == nil || !errors.As(err, &refused) || !refused.Scripted {
		return seen, err
	}
	c.log.Info("the login form is made or sent by scripts: logging in with a browser")
	more, err := c.browser.LogIn(ctx, loginOf(c.src.Auth.Form))
	seen = append(seen, more...)
	var failed *render.LoginError
	if errors.As(err, &failed) {
		err = &auth.LoginError{
			Step: failed.Step + " (in a browser)", URL: failed.URL, Status: failed.Status, Title: failed.Title,
			Message: failed.Message, Hint: failed.Hint, Err: failed.Err,
		}
	}
	return seen, err
}

// loginOf returns the configured login as package render takes it.
func loginOf(form *auth.Form) render.Login {
	login := render.Login{LoggedIn: form.LoggedIn}
	for _, s := range form.Steps {
		step := render.Step{Fields: s.Fields, Form: s.Form, Submit: s.Submit, Optional: s.Optional}
		if s.URL != "" {
			step.URL, _ = url.Parse(s.URL) // which auth has checked
		}
		login.Steps = append(login.Steps, step)
	}
	if len(form.Steps) == 0 {
		login.Steps = []render.Step{{Fields: form.Fields, Form: form.Form}}
	}
	return login
}
