package sandbox

import (
	"net/http"
	"slices"
	"strconv"
)

func (s *Sandbox) listSources(r *http.Request) (any, *apiError) {
	p, err := s.readPager(r)
	if err != nil {
		return nil, err
	}
	sources, ever := s.library.listSources(p.first(), p.PerPage)
	// The API counts deleted import sources too, so the last list pages may be short or empty.
	return listing{"list", sources, p.of(ever, r), ever}, nil
}

func (s *Sandbox) createSource(r *http.Request) (any, *apiError) {
	b, err := readBody(r)
	if err != nil {
		return nil, err
	}
	b.require("sync_behavior")
	made := source{
		SyncBehavior: b.oneOf("sync_behavior", "api"),
		URL:          b.sourceURL(),
		Status:       b.oneOf("status", "active", "deactivated"),
	}
	made.AudienceIDs, _ = b.audiences()
	if err := b.wrong(); err != nil {
		return nil, err
	}
	if err := s.knows(made.AudienceIDs); err != nil {
		return nil, err
	}
	if made.Status == "" {
		made.Status = "active"
	}
	return s.library.createSource(made), nil
}

func (s *Sandbox) getSource(r *http.Request) (any, *apiError) {
	found, ok := s.library.source(sourceID(r))
	if !ok {
		return nil, notFound("Content Import Source")
	}
	return found, nil
}

func (s *Sandbox) updateSource(r *http.Request) (any, *apiError) {
	id := sourceID(r)
	if _, ok := s.library.source(id); !ok {
		return nil, notFound("Content Import Source")
	}
	b, err := readBody(r)
	if err != nil {
		return nil, err
	}
	b.require("sync_behavior")
	behavior := b.oneOf("sync_behavior", "api", "automatic", "automated", "manual")
	if behavior == "automated" { // requests and answers have different names for it
		behavior = "automatic"
	}
	address := b.text("url")
	status := b.oneOf("status", "active", "deactivated")
	audiences, given := b.audiences()
	b.flag("apply_audience_to_existing_content") // only checked, since pages show no audience
	if err := b.wrong(); err != nil {
		return nil, err
	}
	if err := s.knows(audiences); err != nil {
		return nil, err
	}
	updated, err := s.library.updateSource(id, func(src *source) *apiError {
		switch {
		case behavior != src.SyncBehavior && (behavior == "api" || src.SyncBehavior == "api"):
			return unprocessable("data_invalid", "sync_behavior", "sync_behavior can't be changed to or from api")
		case address != src.URL && src.SyncBehavior != "api":
			return unprocessable("data_invalid", "url", "url can be changed only where sync_behavior is api")
		case address != src.URL:
			b.sourceURL()
			if err := b.wrong(); err != nil {
				return err
			}
		}
		src.SyncBehavior, src.URL = behavior, address
		if status != "" {
			src.Status = status
		}
		if given {
			src.AudienceIDs = audiences
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return updated, nil
}

func (s *Sandbox) deleteSource(r *http.Request) (any, *apiError) {
	return nil, s.library.deleteSource(sourceID(r))
}

// knows refuses audiences that do not exist.
func (s *Sandbox) knows(audiences []int64) *apiError {
	for _, id := range audiences {
		if s.config.Audiences != nil && !slices.Contains(s.config.Audiences, id) {
			return unknownAudience()
		}
	}
	return nil
}

// sourceID returns the ID in the path, or 0, which is no import source's.
func sourceID(r *http.Request) int64 {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0
	}
	return id
}
