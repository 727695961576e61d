package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/crawler/extract/preset"
)

func (a *app) presets() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "presets [NAME]",
		Short: "List the platforms whose pages are recognised, or show the preset of one",
		Long: `presets lists the platforms that fincrawl knows how to read, and what it recognises
their pages by. A source reads by them where it sets no content.body; content.preset
names one for all its pages, or none.

With NAME it prints that preset as it may stand in sources.yaml, where a preset of the
same name replaces it.`,
		Args: cobra.MaximumNArgs(1),
	}
	asJSON := cmd.Flags().Bool("json", false, "print the presets as one JSON document")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		list := preset.Embedded()
		if len(args) == 1 {
			if _, err := preset.NewSet(nil).Only(args[0]); err != nil {
				return usageError{err}
			}
			list = only(list, args[0])
		}
		switch {
		case *asJSON:
			encoder := json.NewEncoder(jsonText.of(a.out))
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			return encoder.Encode(list)
		case len(args) == 1:
			_, err := fmt.Fprint(a.out, asSetting(args[0]))
			return err
		}
		return a.listPresets(list)
	}
	return cmd
}

func only(list []preset.Preset, name string) []preset.Preset {
	for i, p := range list {
		if p.Name == name {
			return list[i : i+1]
		}
	}
	return nil
}

func (a *app) listPresets(list []preset.Preset) error {
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PRESET\tPLATFORM\tBROWSER\tRECOGNISED BY")
	for _, p := range list {
		browser := "-"
		if p.NeedsBrowser {
			browser = "needed"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", p.Name, p.Platform, browser, recognisedBy(p))
	}
	return table.Flush()
}

// recognisedBy is what is looked for on a page, the beginning of it.
func recognisedBy(p preset.Preset) string {
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

// asSetting is the file of an embedded preset as an item of presets in sources.yaml.
func asSetting(name string) string {
	text, _ := preset.File(name)
	var b strings.Builder
	b.WriteString("presets:\n")
	first := true
	for line := range strings.Lines(text) {
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
