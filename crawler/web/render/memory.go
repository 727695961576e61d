package render

import (
	"log/slog"
	"time"
)

const (
	// memoryTime is how often the memory of a running browser is measured.
	memoryTime = 100 * time.Millisecond
	// leastPage is the memory that a page may always take, however small the limit is.
	leastPage = 256 << 20
	// patience is how many measurements the browser has to become smaller after a page was ended.
	patience = 10
)

// watch keeps the running browser below a limit. It ends the page with the most memory. It ends the whole
// browser if the largest process is no page, or if that does not help.
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
