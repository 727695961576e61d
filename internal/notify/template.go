package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"text/template"
	"text/template/parse"
)

// Template is the body of a webhook: JSON with actions of text/template in it. What an action
// prints is escaped for the inside of a JSON string, unless the action ends with "json", which
// prints a whole JSON value.
type Template struct{ parsed *template.Template }

const escaper = "jsonInside"

// ParseTemplate reads a template, and tries it on a message.
func ParseTemplate(text string) (*Template, error) {
	functions := template.FuncMap{
		"json":  func(v any) (string, error) { b, err := encode(v); return string(b), err },
		escaper: inside,
	}
	parsed, err := template.New("template").Option("missingkey=error").Funcs(functions).Parse(text)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "template: template:"))
	}
	for _, t := range parsed.Templates() {
		if t.Tree != nil {
			escapeAll(t.Root)
		}
	}
	t := &Template{parsed}
	if _, err := t.body(sample()); err != nil {
		return nil, err
	}
	return t, nil
}

// sample has in its texts what breaks JSON where it is not escaped.
func sample() Message {
	const bad = "\" \\ \n } <é>"
	return Message{Run: bad, Workspace: bad, Text: bad, Sources: []Source{
		{Name: bad, Event: EventFailing, Text: bad, Commands: []string{bad}, FailedRuns: 2, Failing: bad, Error: bad, Held: 1, Guards: []Guard{{bad, 1}}, Refused: 1},
		{Name: bad, Event: EventClean, Text: bad},
	}}
}

func (t *Template) body(m Message) ([]byte, error) {
	var b bytes.Buffer
	if err := t.parsed.Execute(&b, m); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "template: template:"))
	}
	if !json.Valid(b.Bytes()) {
		return nil, fmt.Errorf("it does not make JSON: put quotes around what is text, as in {\"text\": \"{{.Text}}\"}, or write {{json .Text}} without them")
	}
	return b.Bytes(), nil
}

// escapeAll adds the escaper to each action that prints something.
func escapeAll(n parse.Node) {
	if n == nil || reflect.ValueOf(n).IsNil() {
		return
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, one := range n.Nodes {
			escapeAll(one)
		}
	case *parse.ActionNode:
		if len(n.Pipe.Decl) == 0 && !endsWithJSON(n.Pipe) {
			n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Pos, Args: []parse.Node{parse.NewIdentifier(escaper).SetPos(n.Pos)}})
		}
	case *parse.IfNode:
		escapeAll(n.List)
		escapeAll(n.ElseList)
	case *parse.RangeNode:
		escapeAll(n.List)
		escapeAll(n.ElseList)
	case *parse.WithNode:
		escapeAll(n.List)
		escapeAll(n.ElseList)
	}
}

func endsWithJSON(p *parse.PipeNode) bool {
	last := p.Cmds[len(p.Cmds)-1]
	name, ok := last.Args[0].(*parse.IdentifierNode)
	return ok && name.Ident == "json"
}

// inside is a value as it stands inside the quotes of a JSON string.
func inside(v any) (string, error) {
	b, err := encode(fmt.Sprint(v))
	if err != nil {
		return "", err
	}
	return string(b[1 : len(b)-1]), nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}
