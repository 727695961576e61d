package preset

import "strings"

// RecognisedBy is what is looked for on a page, the beginning of it.
func (p Preset) RecognisedBy() string {
	const most = 2
	var list []string
	for _, words := range p.Generator {
		list = append(list, "generator "+words)
	}
	list = append(list, p.Marks...)
	if len(list) > most {
		return strings.Join(list[:most], ", ") + ", …"
	}
	return strings.Join(list, ", ")
}

// AsSetting is the file of an embedded preset as an item of presets in sources.yaml.
func AsSetting(name string) string {
	text, _ := platforms.ReadFile("platforms/" + name + ".yaml")
	var b strings.Builder
	b.WriteString("presets:\n")
	first := true
	for line := range strings.Lines(string(text)) {
		switch {
		case first && strings.HasPrefix(line, "#"):
			b.WriteString("  " + line)
		case first:
			first = false
			b.WriteString("  - " + line)
		default:
			b.WriteString("    " + line)
		}
	}
	return b.String()
}
