package metrics

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ContentType is the content type of the output of Write.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// Write writes all metrics in Prometheus' text format. The same snapshot gives the same bytes.
func Write(w io.Writer, s Snapshot) error { return write(w, s, func(Metric) bool { return true }) }

func write(w io.Writer, s Snapshot, wanted func(Metric) bool) error {
	var b bytes.Buffer
	for _, m := range Table() {
		if !wanted(m) {
			continue
		}
		head := fmt.Sprintf("# HELP %s %s\n# TYPE %s gauge\n", m.Name, escape(m.Help, false), m.Name)
		add := func(value float64, labels ...string) {
			b.WriteString(head)
			head = ""
			b.WriteString(m.Name)
			for i, text := range labels {
				b.WriteString([]string{"{", ","}[min(i, 1)])
				fmt.Fprintf(&b, `%s="%s"`, m.Labels[i], escape(strings.ToValidUTF8(text, "\ufffd"), true))
			}
			if len(labels) > 0 {
				b.WriteByte('}')
			}
			b.WriteString(" " + strconv.FormatFloat(value, 'g', -1, 64) + "\n")
		}
		if m.of != nil {
			m.of(s, add)
			continue
		}
		for _, source := range s.Sources {
			m.ofSource(source, s.At, func(value float64, labels ...string) { add(value, append([]string{source.Name}, labels...)...) })
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// escape escapes a help text or, with quotes, the value of a label for version 0.0.4 of the text format.
func escape(text string, quotes bool) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\\`), "\n", `\n`)
	if quotes {
		text = strings.ReplaceAll(text, `"`, `\"`)
	}
	return text
}

// WriteFile writes the metrics to a file for the node exporter, which may run as another user. The old
// file stays until the new one is complete.
func WriteFile(path string, s Snapshot) error {
	next, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // the exporter only reads *.prom
	if err != nil {
		return fmt.Errorf("write the metrics: %w", err)
	}
	defer func() { _ = os.Remove(next.Name()) }() // does nothing once it is renamed
	err = Write(next, s)
	for _, step := range []func() error{func() error { return next.Chmod(0o644) }, next.Sync, next.Close} {
		if e := step(); err == nil {
			err = e
		}
	}
	if err == nil {
		err = os.Rename(next.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write the metrics: %w", err)
	}
	return nil
}
