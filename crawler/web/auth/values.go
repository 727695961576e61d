package auth

import "slices"

// Values returns the configured credentials, for comparison only.
func (s *Session) Values() []string {
	values := s.config.secrets()
	for _, c := range s.cookieFile {
		values = append(values, c.value)
	}
	return slices.DeleteFunc(values, func(v string) bool { return v == "" })
}

// Values returns the values of all cookies in the jar, for comparison only.
func (j *Jar) Values() (values []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, h := range j.held {
		values = append(values, h.Value)
	}
	return values
}
