package ingest

import (
	"fmt"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/state"
)

// difference says what changed in a page since it was sent.
func difference(before, after Version) string {
	if before.Hash == "" {
		return "adopted: text not known"
	}
	var parts, switches []string
	if before.Title != after.Title {
		parts = append(parts, "title")
	}
	if before.URL != after.URL {
		parts = append(parts, "URL")
	}
	if before.AIAgent != after.AIAgent {
		switches = append(switches, "AI Agent "+onOff(after.AIAgent))
	}
	if before.AICopilot != after.AICopilot {
		switches = append(switches, "AI Copilot "+onOff(after.AICopilot))
	}
	if len(switches) > 0 {
		parts = append(parts, "availability ("+strings.Join(switches, ", ")+")")
	}
	if len(parts) == 0 {
		return "text changed"
	}
	return enumerate(parts) + " changed"
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// enumerate joins words with commas and a final "and".
func enumerate(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// kept says why a page that was not crawled stays in the library.
func kept(o crawler.Outcome, detail string) string {
	return strings.TrimSpace(fmt.Sprintf("kept: %s %s", o, detail))
}

// absence says why a page is no longer one, by the outcome of its URL.
func absence(o crawler.Outcome, detail string) string {
	var why string
	switch o {
	case crawler.Gone:
		if detail == "" {
			return "its URL answers 404"
		}
		return "its URL answers " + strings.TrimPrefix(detail, "HTTP ")
	case crawler.Deleted:
		why = "its source says that it is gone"
	case crawler.Hidden:
		why = "its source hides it from readers"
	case crawler.Unlisted:
		why = "its source no longer lists it"
	case crawler.Paged, crawler.NotModified:
		why = "its URL now gives a page with another identity"
	case crawler.Listing:
		why = "include no longer matches its URL"
	case crawler.Redirected:
		why = "its URL now redirects to another"
	case crawler.Canonical:
		why = "it names another URL as its canonical one"
	case crawler.OtherLocale:
		why = "it names another URL as its version in the source's language"
	case crawler.Duplicate:
		why = "another URL gives the same page"
	case crawler.NoIndex:
		why = "it asks not to be indexed (noindex)"
	case crawler.NotHTML:
		why = "its URL no longer gives anything that is read"
	case crawler.OutOfScope:
		why = "its URL is out of scope now"
	case crawler.Excluded:
		why = "its URL is excluded now"
	case crawler.Unsafe:
		why = "its URL looks like one that changes something, and is not fetched"
	case crawler.RobotsDenied:
		why = "robots.txt disallows its URL"
	case crawler.RedirectedOut:
		why = "its URL now redirects out of scope"
	case crawler.Missing:
		why = "its URL says that there is no such page"
	case crawler.MoveUnverified:
		why = "its URL now leads to another, which does not say the same"
	case crawler.Restricted:
		why = "its URL is closed to the user whose login this is"
	case crawler.Unproved:
		why = "its URL gave an answer that visitors without a session may get too"
	default:
		why = "its URL ended as " + string(o)
	}
	if detail != "" {
		why += ": " + detail
	}
	return why
}

// partGone is the reason for the delete of a part.
const partGone = "its page no longer has this part"

// refusal says how the API refused a version.
func refusal(r state.Refusal) string {
	why := fmt.Sprintf("Intercom refused this version before: HTTP %d", r.Status)
	if r.Code != "" {
		why += " " + r.Code
	}
	if r.Message != "" {
		why += ": " + r.Message
	}
	if r.RequestID != "" {
		why += " (request " + r.RequestID + ")"
	}
	return why
}
