package notice

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
)

// AnswerPage is what the page shows on which a letter's recipient answers
// without an account. Nothing of the case is on it.
type AnswerPage struct {
	Language     string // of the letter: nl, en
	Organisation string
	Reference    string
}

// The states of the page.
const (
	AnswerForm   = "form"
	AnswerAgain  = "again" // the form once more: something was wrong with it
	AnswerThanks = "thanks"
	AnswerGone   = "gone" // the same for every address that opens no page
	AnswerBusy   = "busy"
)

// answerPage reads well without style sheets, and has no script, no picture and
// no address of anything else.
var answerPage = template.Must(template.New("answer").Parse(`<!DOCTYPE html>
<html lang="{{.Language}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>{{.Words.title}}</title>
<style>body{font:16px/1.5 sans-serif;max-width:45em;margin:2em auto;padding:0 1em;color:#111;background:#fff}h1{font-size:1.4em}fieldset{border:1px solid #555}legend,label{font-weight:bold}.choice{font-weight:normal}p,label{overflow-wrap:anywhere}textarea{width:100%;box-sizing:border-box;font:inherit}button{font:inherit;padding:.4em 1em}</style>
</head>
<body>
<main>
<h1>{{.Words.title}}</h1>
{{- if .Form}}
<p><a href="?lang={{.Other}}" lang="{{.Other}}" hreflang="{{.Other}}">{{.Words.language}}</a></p>
<p>{{.Intro}}</p>
{{- if .Again}}
<p role="alert">{{.Words.again}}</p>
{{- end}}
<form method="post" action="?lang={{.Language}}">
<input type="hidden" name="proof" value="{{.Proof}}">
<fieldset>
<legend>{{.Words.question}}</legend>
{{- range .Answers}}
<p><input type="radio" name="answer" id="{{.Code}}" value="{{.Code}}" required> <label class="choice" for="{{.Code}}">{{.Words}}</label></p>
{{- end}}
</fieldset>
<p><label for="words">{{.Words.words}}</label><br>
<textarea id="words" name="words" rows="6" maxlength="1000" aria-describedby="hint"></textarea></p>
<p id="hint">{{.Words.hint}}</p>
<p>{{.Words.claim}}</p>
<p><button type="submit">{{.Words.send}}</button></p>
</form>
{{- else}}
{{- range .Lines}}
<p role="status"{{with .Language}} lang="{{.}}"{{end}}>{{.Text}}</p>
{{- end}}
{{- end}}
</main>
</body>
</html>
`))

// answer is one choice of the page.
type answer struct{ Code, Words string }

// pageLine is a paragraph; Language is empty where it is the page's.
type pageLine struct{ Language, Text string }

// WriteAnswerPage gives the page in a state and a language ("" or an unknown one:
// the letter's, else nl). proof comes back with the form. An error is that of
// the texts (internal).
func WriteAnswerPage(state, language, proof string, p AnswerPage) ([]byte, error) {
	if !slices.Contains(Languages(), language) {
		language = "nl"
		if p.Language == "en" {
			language = "en"
		}
	}
	s, err := load(language)
	if err != nil {
		return nil, err
	}
	words := s.phrases["answerPage"]
	view := map[string]any{
		"Language": language, "Other": otherLanguage(language), "Words": words, "Proof": proof, "Again": state == AnswerAgain,
		"Form": state == AnswerForm || state == AnswerAgain, "Intro": fmt.Sprintf(words["intro"], p.Organisation, p.Reference),
		"Answers": []answer{{"received", words["received"]}, {"removed", words["removed"]}, {"refused", words["refused"]}},
	}
	switch state {
	case AnswerThanks:
		view["Lines"] = []pageLine{{Text: words["thanks"]}, {Text: words["claim"]}, {Text: words["thanksNext"]}}
	case AnswerGone, AnswerBusy: // nobody knows whose letter it was, so both languages
		other, err := load(otherLanguage(language))
		if err != nil {
			return nil, err
		}
		view["Lines"] = []pageLine{{Text: words[state]}, {other.language, other.phrases["answerPage"][state]}}
	}
	var b bytes.Buffer
	if err := answerPage.Execute(&b, view); err != nil {
		return nil, broken(err)
	}
	return b.Bytes(), nil
}

func otherLanguage(language string) string {
	if language == "nl" {
		return "en"
	}
	return "nl"
}
