package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// nounCmd is the API as commands: takedown NOUN VERB [ID …] [NAME=VALUE …].
type nounCmd struct {
	List bool `help:"List what can be done."`
	access
	File  string   `short:"f" help:"The body, a JSON file or - for standard input." placeholder:"FILE"`
	Key   string   `name:"idempotency-key" help:"Repeat a POST safely under the same key."`
	Match string   `name:"if-match" help:"The version that a change builds on; looked up if left out."`
	To    string   `help:"clock advance: to this instant."`
	Args  []string `arg:"" optional:"" help:"VERB, ids in the order of the path, NAME=VALUE for queries."`
}

// Run makes one call and prints the API's JSON.
func (n *nounCmd) Run(ctx context.Context, k *kong.Context, term terminal) error {
	noun := strings.Fields(k.Command())[0]
	if n.List || len(n.Args) == 0 {
		return n.list(noun, term)
	}
	if n.uploads(noun) {
		return n.upload(ctx, term)
	}
	r, err := n.request(noun, term)
	if err != nil {
		return err
	}
	api, err := n.client()
	if err != nil {
		return err
	}
	a, err := api.do(ctx, r)
	if err != nil {
		return err
	}
	if v, ok := findVerb(noun, n.Args[0]); ok && v.isFile() {
		_, err = term.out.Write(a.body)
		return err
	}
	if noun == "execution" && onTerminal(term.out) {
		return printExecution(term.out, n.Args[0], a.body)
	}
	return printJSON(term.out, a.body)
}

// list prints the commands of a noun, with what their paths need.
func (n *nounCmd) list(noun string, term terminal) error { return listVerbs(noun, term.out) }

func listVerbs(noun string, w io.Writer) error {
	for _, v := range nouns[noun] {
		call := v.name
		for _, p := range strings.Split(v.path, "/") {
			if strings.HasPrefix(p, "{") {
				call += " " + strings.ToUpper(strings.Trim(p, "{}"))
			}
		}
		switch {
		case v.body && v.mayBeEmpty():
			call += " [-f FILE]"
		case noun == "case" && v.name == "upload":
			call += " FILE | -f FILE"
		case v.body:
			call += " -f FILE"
		}
		help := v.help
		if v.method == http.MethodPut {
			help += "; without -f: what stands there"
		}
		if _, err := fmt.Fprintf(w, "takedown %s %-44s %s\n", noun, call, help); err != nil {
			return err
		}
	}
	if noun == "contact" {
		_, err := fmt.Fprintf(w, "takedown contact %-44s the whole register, as a file for import\ntakedown contact %-44s read such a file, or what the program knows; again, it changes nothing\n",
			"export", "import -f FILE | --seed [--replace]")
		return err
	}
	if noun == "clock" {
		_, err := fmt.Fprintf(w, "takedown clock %-44s advance a simulated clock: 90m, 36h, 10d\n", "advance DURATION | advance --to INSTANT")
		return err
	}
	return nil
}

func (n *nounCmd) request(noun string, term terminal) (request, error) {
	if noun == "clock" && n.Args[0] == "advance" {
		return n.advance()
	}
	v, ok := findVerb(noun, n.Args[0])
	if !ok {
		return request{}, usagef("%s has no %q; see takedown %s --list", noun, n.Args[0], noun)
	}
	path, err := fill(v.path, n.Args[1:])
	if err != nil {
		return request{}, usagef("%s %s: %v; see takedown %s --list", noun, v.name, err, noun)
	}
	if n.To != "" {
		return request{}, usagef("--to belongs to clock advance")
	}
	r := request{method: v.method, path: path, key: n.Key, ifMatch: n.Match}
	if v.method == http.MethodPut && n.File == "" {
		return request{method: http.MethodGet, path: path}, nil
	}
	if v.body && (n.File != "" || !v.mayBeEmpty()) {
		if r.body, err = readBody(n.File, term.in); err != nil {
			return request{}, err
		}
	} else if v.method == http.MethodPost {
		r.body = []byte("{}")
	}
	return r, nil
}

func (n *nounCmd) advance() (request, error) {
	in := map[string]string{}
	switch {
	case n.To != "":
		in["to"] = n.To
	case len(n.Args) == 2:
		in["by"] = n.Args[1]
	default:
		return request{}, usagef("clock advance: give a DURATION (90m, 36h, 10d) or --to INSTANT")
	}
	body, err := json.Marshal(in)
	return request{method: http.MethodPost, path: "/v1/clock/advance", body: body, key: n.Key}, err
}

func readBody(file string, in io.Reader) ([]byte, error) {
	switch file {
	case "":
		return nil, usagef("give the body with -f FILE, or -f - for standard input")
	case "-":
		return io.ReadAll(in)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, usagef("%v", err)
	}
	return b, nil
}

func printJSON(w io.Writer, body []byte) error {
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") != nil {
		_, err := w.Write(body)
		return err
	}
	_, err := fmt.Fprintln(w, strings.TrimRight(b.String(), "\n"))
	return err
}
