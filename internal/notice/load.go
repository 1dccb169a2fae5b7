package notice

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"text/template"

	"github.com/ontdox/takedown/internal/takedown"
	"github.com/ontdox/takedown/templates"
)

// set is one language's templates and code lists.
type set struct {
	language    string
	instruments map[string]model
	phrases     map[string]map[string]string
}

// model is one instrument's template with what its header says.
type model struct {
	version string
	review  string // the legal review state
	sources string
	body    *template.Template
}

var languages = map[string]func() (*set, error){
	"nl": sync.OnceValues(func() (*set, error) { return read("nl") }),
	"en": sync.OnceValues(func() (*set, error) { return read("en") }),
}

func load(language string) (*set, error) {
	of, ok := languages[language]
	if !ok {
		return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "there are no templates in %q", language)
	}
	return of()
}

// Review is the legal review state that an instrument's template carries, and
// where its sentences come from.
func Review(instrument, language string) (state, sources string, err error) {
	set, err := load(language)
	if err != nil {
		return "", "", err
	}
	m, ok := set.instruments[instrument]
	if !ok {
		return "", "", takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "there is no model of instrument %q in %q", instrument, language)
	}
	return m.review, m.sources, nil
}

func read(language string) (*set, error) {
	s := &set{language: language, instruments: map[string]model{}}
	raw, err := fs.ReadFile(templates.FS, language+"/phrases.json")
	if err != nil {
		return nil, broken(err)
	}
	if err := json.Unmarshal(raw, &s.phrases); err != nil {
		return nil, broken(err)
	}
	blocks, err := fs.ReadFile(templates.FS, language+"/blocks.tmpl")
	if err != nil {
		return nil, broken(err)
	}
	_, shared, err := header(string(blocks))
	if err != nil {
		return nil, broken(fmt.Errorf("blocks: %w", err))
	}
	for _, name := range append(Instruments(), digest) {
		if s.instruments[name], err = s.readModel(name, shared); err != nil {
			return nil, broken(fmt.Errorf("%s: %w", name, err))
		}
	}
	return s, nil
}

// funcs are what templates may call. phrase is only there for parsing: render
// binds it to the view, which notes codes that have no words.
func (s *set) funcs() template.FuncMap {
	return template.FuncMap{
		"day": s.day, "instant": s.instant, "utc": utc, "nos": s.itemNos, "phrase": s.words,
		"join": func(words []string) string { return strings.Join(words, ", ") },
	}
}

func (s *set) readModel(name, shared string) (model, error) {
	raw, err := fs.ReadFile(templates.FS, s.language+"/"+name+".tmpl")
	if err != nil {
		return model{}, err
	}
	head, body, err := header(string(raw))
	if err != nil {
		return model{}, err
	}
	m := model{version: head["version"], review: head["review"], sources: head["sources"]}
	if head["template"] != name || head["language"] != s.language || m.version == "" || m.review == "" || m.sources == "" {
		return model{}, fmt.Errorf("the header must name template, language, version, review and sources")
	}
	m.body, err = template.New(name).Funcs(s.funcs()).Option("missingkey=error").Parse(shared)
	if err == nil {
		m.body, err = m.body.Parse(body)
	}
	return m, err
}

// header reads "key: value" lines up to "---". A line that begins with a blank
// goes on with the value before it.
func header(file string) (map[string]string, string, error) {
	top, body, ok := strings.Cut(file, "\n---\n")
	if !ok {
		return nil, "", fmt.Errorf("no header")
	}
	out := map[string]string{}
	last := ""
	for line := range strings.Lines(top) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, " ") {
			out[last] += " " + strings.TrimSpace(line)
			continue
		}
		k, v, ok := strings.Cut(line, ": ")
		if !ok {
			return nil, "", fmt.Errorf("header line %q has no key", line)
		}
		last = k
		out[k] = v
	}
	return out, body, nil
}

func (s *set) words(list, code string) string { return s.phrases[list][code] }

var (
	manyBlank = regexp.MustCompile(`\n{3,}`)
	lineEnd   = regexp.MustCompile(`[ \t]+\n`)
	gaps      = regexp.MustCompile(`([^\n ]) {2,}`)
	twoStops  = regexp.MustCompile(`([^.\s])\.\.(\s)`) // "B.V." at the end of a sentence
)

// wording is a view: it finds the words for codes and numbers the requests.
type wording interface {
	phrase(list, code string) string
	restart()
}

// render runs one part of an instrument, "subject", "text" and so on, and
// closes the gaps that dropped passages leave.
func (s *set) render(instrument, part string, v any) (string, error) {
	body := s.instruments[instrument].body
	if !slices.ContainsFunc(body.Templates(), func(t *template.Template) bool { return t.Name() == part }) {
		return "", nil
	}
	var b bytes.Buffer
	bound, err := body.Clone()
	if err != nil {
		return "", broken(err)
	}
	if w, ok := v.(wording); ok {
		bound.Funcs(template.FuncMap{"phrase": w.phrase})
		w.restart()
	}
	if err := bound.ExecuteTemplate(&b, part, v); err != nil {
		return "", broken(err)
	}
	text := lineEnd.ReplaceAllString(b.String()+"\n", "\n")
	text = twoStops.ReplaceAllString(gaps.ReplaceAllString(text, "$1 "), "$1.$2")
	return strings.TrimSpace(manyBlank.ReplaceAllString(text, "\n\n")), nil
}

func broken(err error) error {
	return &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "an instrument's template cannot be used", Err: err}
}

// Codes are the known codes of a list of templates/LANGUAGE/phrases.json, in
// order: whoever records one of another name would be left out of every text.
// None for a list that there is not.
func Codes(list string) []string {
	s, err := load("nl")
	if err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.phrases[list]))
}
