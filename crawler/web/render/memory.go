package render

import (
	"log/slog"
	"time"
)

const (
	// memoryTime is how often the memory of a browser is looked at while it runs.
	memoryTime = 100 * time.Millisecond
	// leastPage is what a page may take in any case, however small the limit is for a browser that shows nothing.
	leastPage = 256 << 20
	// patience is how many looks the browser is given to become smaller after a page was ended.
	patience = 10
)

// watch keeps the browser under a limit for as long as it runs: it ends the page that has the most in memory, and the
// browser as a whole where that is no page, or does not help.
func (i *instance) watch(limit int64, log *slog.Logger) {
	limit = max(limit, residentMemory(i.process)+leastPage)
	ticker := time.NewTicker(memoryTime)
	defer ticker.Stop()
	for wait := 0; ; {
		select {
		case <-i.ctx.Done():
			return
		case <-ticker.C:
		}
		resident := residentMemory(i.process)
		if over := resident > limit; over && wait == 0 {
			log.Warn("a page takes too much memory, and is ended", "resident", resident, "max_memory", limit)
		}
		switch over := resident > limit; {
		case !over:
			wait = 0
		case wait > 1:
			wait--
		case wait == 1:
			i.ended.Add(1)
			killGroup(i.process)
			return
		default:
			i.ended.Add(1)
			if !endLargestPage(i.process) {
				killGroup(i.process)
				return
			}
			wait = patience
		}
	}
}
