package config

import (
	"encoding/json"
	"maps"
	"strings"

	"github.com/fincrawl/fincrawl/docs"
)

// SchemaURL is where the schema of this file is published.
const SchemaURL = "https://raw.githubusercontent.com/fincrawl/fincrawl/main/docs/sources.schema.json"

// shape is a JSON Schema of a value.
type shape map[string]any

// JSONSchema returns a JSON Schema (2020-12) of sources.yaml for editors. It is made from the schema that
// reads the file, with the explanations of docs/sources.md. Mistakes that involve several values, such
// as a name that is used twice, are found by Load only.
func JSONSchema() ([]byte, error) {
	d := &decoder{names: map[string]int{}, libraries: map[string]int{}}
	s := d.file(new(Config)).shape(nil, tables(docs.Sources))
	s["$schema"], s["$id"], s["title"] = "https://json-schema.org/draft/2020-12/schema", SchemaURL, "sources.yaml of fincrawl"
	return json.MarshalIndent(s, "", " ")
}

// shape returns the JSON Schema of a section.
func (fs fields) shape(within []string, explained explanations) shape {
	properties, required := shape{}, []string{}
	for _, f := range fs {
		s := f.value.whole(append(within[:len(within):len(within)], f.key), explained)
		if f.value.example != "" && f.value.needed == nil {
			required = append(required, f.key)
		}
		if !f.value.wantsOne { // a key without a value counts as missing
			s = shape{"anyOf": []shape{s, {"type": "null"}}}
		}
		if text := explained.of(within, f.key); text != "" {
			s["description"] = text
		}
		properties[f.key] = s
	}
	s := shape{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

// whole returns the JSON Schema of a value with everything inside it.
func (v value) whole(within []string, explained explanations) shape {
	s := shape{}
	if v.inside == nil {
		maps.Copy(s, v.shape)
	} else {
		s = v.inside.shape(within, explained)
		if v.besides != nil {
			s["allOf"] = []shape{v.besides}
		}
	}
	if v.listed {
		several := shape{"type": "array", "items": s}
		if v.inside != nil {
			maps.Copy(several, v.shape)
			return several
		}
		return shape{"anyOf": []shape{several, s}}
	}
	if v.inside != nil && v.shape != nil {
		return shape{"anyOf": []shape{s, v.shape}}
	}
	return s
}

// The schemas of values without keys. Any value may be or contain a reference to an environment variable,
// which an editor cannot check.

func texts() shape { return shape{"type": []string{"string", "number"}} }

func matching(pattern string) shape {
	return shape{"anyOf": []shape{{"type": "string", "pattern": pattern}, referring()}}
}

func oneOfWords(words []string) shape { return shape{"anyOf": []shape{{"enum": words}, referring()}} }

func numbers(kind string, least, most float64) shape {
	return shape{"anyOf": []shape{{"type": kind, "minimum": least, "maximum": most}, referring()}}
}

func referring() shape { return shape{"type": "string", "pattern": `\$\{`} }

// credentials returns the schema of a credential.
func credentials(allow allowance) shape {
	switch allow {
	case nothingElse:
		return shape{"type": "string", "pattern": `^(\$\{[A-Za-z_][A-Za-z0-9_]{0,127}\}|file:.+)$`}
	case textAround:
		return shape{"type": "string", "pattern": `\$\{|^file:.`}
	}
	return shape{"type": []string{"string", "number", "boolean"}}
}

// needsOneOf returns the schema of a section with at least one of the keys.
func needsOneOf(keys ...string) shape {
	var any []shape
	for _, key := range keys {
		any = append(any, shape{"required": []string{key}})
	}
	return shape{"anyOf": any}
}

// explanations are the explanations of keys, by the heading of their table in the reference and by key.
type explanations map[string]map[string]string

// tables reads the tables of docs/sources.md.
func tables(text string) explanations {
	all, heading, columns := explanations{}, "", []string(nil)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			heading = strings.TrimSpace(strings.TrimLeft(line, "#"))
			all[heading] = map[string]string{}
		}
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if cells[0] == "key" {
			columns = cells
			continue
		}
		var parts []string
		for i, cell := range cells[1:] {
			cell = strings.TrimSpace(strings.Trim(cell, "|"))
			switch {
			case cell == "" || i+1 >= len(columns):
			case columns[i+1] == "meaning":
				parts = append(parts, cell)
			default:
				parts = append(parts, columns[i+1]+": "+cell)
			}
		}
		all[heading][strings.Trim(cells[0], "`")] = strings.Join(parts, "\n\n")
	}
	return all
}

// of returns the explanation of a key. The headings of the reference are the places of the sections; the
// keys of a few sections are explained together with others.
func (e explanations) of(within []string, key string) string { return e[headingOf(within)][key] }

func headingOf(within []string) string {
	switch place := strings.Join(within, "."); place {
	case "":
		return "The file"
	case "sources.auth.basic", "sources.auth.digest":
		return "sources.auth"
	case "sources.availability.rules":
		return "sources.availability"
	default:
		return place
	}
}
