package notice

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// FilingSheet is what a person needs to file a document with the addressee's web
// form by hand: each field's text, to be copied one by one, and what to say and
// keep.
type FilingSheet struct {
	Language     string // of the organisation's own people: nl, en; nl without
	Organisation string
	Mailbox      string // whose account is used
	Addressee    string
	URL, Source  string // of the form
	Document     string // its id
	ContentHash  string
	Reference    string
	SendBy       time.Time
	Mandated     bool // the request is the person's, by mandate (T6, T13)
	DraftedAt    time.Time
	Fields       []FormText // of the form; none if the register knows none
	Whole        string     // the approved text, to be copied where no field is known
	Locations    []string   // likewise, one a line
	Known        FormCustom
}

// FormCustom is what the register knows of how a form asks who files. What is
// empty is not known, and the sheet does not say it.
type FormCustom struct {
	Person               string // what it says of "are you the person"
	Source, Read, Flag   string // of that; Flag is V, S or O
	Account, IdentityDoc string // yes, no
}

// sheetField is one field as the sheet shows it. Text and Tick exclude each
// other; without both the field stays empty.
type sheetField struct {
	No                 int
	Head, Count        string
	Text, Tick, Nought string
	Rows               int
}

// sheetView is a sheet in words.
type sheetView struct {
	Language, Title string
	Head, How       []string
	HowHead         string
	FieldsHead      string
	Fields          []sheetField
	AfterHead       string
	After           []string
}

// view puts a sheet into the words of its language.
func (f FilingSheet) view() (sheetView, error) {
	language := cmp.Or(f.Language, "nl")
	s, err := load(language)
	if err != nil {
		return sheetView{}, err
	}
	w := s.phrases["filingSheet"]
	say := func(code string, args ...any) string { return cleanField(fmt.Sprintf(w[code], args...)) }
	v := sheetView{
		Language: language, Title: say("title", f.Reference), HowHead: w["how"], FieldsHead: w["fields"], AfterHead: w["after"],
		Head: []string{say("to", f.Addressee), say("form", cleanURL(f.URL))},
	}
	if f.Source != "" {
		v.Head = append(v.Head, say("source", f.Source))
	}
	v.Head = append(v.Head, say("document", f.Document), say("hash", f.ContentHash))
	if !f.SendBy.IsZero() {
		v.Head = append(v.Head, say("sendBy", s.instant(f.SendBy)))
	}
	person := "person"
	if f.Mandated {
		person = "personMandate"
	}
	v.How = append(f.who(say, person), say("exact"))
	fields := f.Fields
	if len(fields) == 0 {
		v.How = append(v.How, say("noFields"))
		fields = []FormText{{Name: w["wholeText"], Text: f.Whole}, {Name: w["locations"], Text: strings.Join(f.Locations, "\n")}}
	}
	for n, field := range fields {
		v.Fields = append(v.Fields, fieldOnSheet(n+1, field, say))
	}
	for _, code := range []string{"afterTicket", "afterProof", "afterMissing", "afterRecord"} {
		v.After = append(v.After, say(code))
	}
	return v, nil
}

// who is what to answer where the form asks who files: the organisation, with
// its own account, and for the person only where there is a mandate.
func (f FilingSheet) who(say func(string, ...any) string, person string) []string {
	out := []string{say("account", f.Mailbox)}
	switch f.Known.Account {
	case "yes":
		out = append(out, say("accountYes"))
	case "no":
		out = append(out, say("accountNo"))
	}
	capacity := "capacity"
	if f.Mandated {
		capacity = "capacityMandate"
	}
	out = append(out, say(person, f.Organisation), say(capacity))
	if f.Known.Person != "" {
		line := say("personKnown", f.Known.Person)
		if f.Known.Source == "" {
			line += " " + say("personNoSource")
		} else {
			line += " " + say("personSource", f.Known.Source, cmp.Or(f.Known.Read, "n.d."), say("flag"+f.Known.Flag))
		}
		out = append(out, line)
	}
	if f.Known.IdentityDoc == "yes" {
		out = append(out, say("identity"))
	}
	return out
}

func fieldOnSheet(no int, f FormText, say func(string, ...any) string) sheetField {
	text := clean(f.Text)
	out := sheetField{No: no, Head: say("field", no, f.Name), Rows: min(20, 2+strings.Count(text, "\n")+len(text)/80)}
	switch {
	case text == "":
		out.Nought = say("empty")
	case f.Kind == "choice":
		out.Tick = say("tick", text)
	case f.Limit > 0:
		out.Text, out.Count = text, say("countOf", utf8.RuneCountInString(text), f.Limit)
	default:
		out.Text, out.Count = text, say("count", utf8.RuneCountInString(text))
	}
	return out
}

// Text is the sheet as plain text, each field's text between lines of its own.
func (f FilingSheet) Text() ([]byte, error) {
	v, err := f.view()
	if err != nil {
		return nil, err
	}
	return []byte(v.Title + "\n\n" + v.text("-----")), nil
}

// text is what follows the title; rule stands before and after what is copied.
func (v sheetView) text(rule string) string {
	lines := slices.Concat(v.Head, []string{"", v.HowHead, ""})
	list := func(of []string) {
		for n, line := range of {
			lines = append(lines, itoa(n+1)+". "+line)
		}
	}
	list(v.How)
	lines = append(lines, "", v.FieldsHead)
	for _, f := range v.Fields {
		lines = append(lines, "", f.Head)
		switch {
		case f.Text != "":
			lines = append(lines, f.Count, rule, f.Text, rule)
		default:
			lines = append(lines, f.Tick+f.Nought)
		}
	}
	lines = append(lines, "", v.AfterHead, "")
	list(v.After)
	return strings.Join(lines, "\n") + "\n"
}

// PDF is the sheet on paper, the same bytes each time.
func (f FilingSheet) PDF() ([]byte, error) {
	v, err := f.view()
	if err != nil {
		return nil, err
	}
	return PDF(Draft{Language: v.Language, Subject: v.Title, Text: v.text("-----")}, Sheet{Reference: f.Reference, Organisation: f.Organisation, DraftedAt: f.DraftedAt})
}

// sheetPage has a box for each field, so that all of its text can be selected
// and copied as it is; nothing on it is fetched or run, and no link leads away.
var sheetPage = template.Must(template.New("sheet").Parse(`<!DOCTYPE html>
<html lang="{{.Language}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>{{.Title}}</title>
<style>body{font:16px/1.5 sans-serif;max-width:45em;margin:2em auto;padding:0 1em;color:#111;background:#fff}h1{font-size:1.4em}h2{font-size:1.15em}h3{font-size:1em}p,li{overflow-wrap:anywhere}textarea{width:100%;box-sizing:border-box;font:inherit}</style>
</head>
<body>
<main>
<h1>{{.Title}}</h1>
{{- range .Head}}
<p>{{.}}</p>
{{- end}}
<h2>{{.HowHead}}</h2>
<ol>
{{- range .How}}
<li>{{.}}</li>
{{- end}}
</ol>
<h2>{{.FieldsHead}}</h2>
{{- range .Fields}}
<h3 id="field{{.No}}">{{.Head}}</h3>
{{- if .Text}}
<p id="count{{.No}}">{{.Count}}</p>
<textarea readonly rows="{{.Rows}}" spellcheck="false" aria-labelledby="field{{.No}}" aria-describedby="count{{.No}}">
{{.Text}}</textarea>
{{- else}}
<p>{{.Tick}}{{.Nought}}</p>
{{- end}}
{{- end}}
<h2>{{.AfterHead}}</h2>
<ol>
{{- range .After}}
<li>{{.}}</li>
{{- end}}
</ol>
</main>
</body>
</html>
`))

// HTML is the sheet as a page that needs no script.
func (f FilingSheet) HTML() ([]byte, error) {
	v, err := f.view()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := sheetPage.Execute(&b, v); err != nil {
		return nil, broken(err)
	}
	return b.Bytes(), nil
}
