package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// storyCommands are what a story can say beside `exec takedown …`.
//
//	desk                              the register, the settings of the organisation
//	as ROLE NOUN VERB [ID …] [-- KEY=VALUE …]   takedown as a person with that role, the body from the pairs
//	keep NAME PATH                    $NAME is what the last answer says at PATH
//	is PATH VALUE                     the last answer says VALUE at PATH
//	until INSTANT                     the simulated clock goes on to it
//	open FILE                         opens a case: $CASE, $PERSON, $ITEM1 …
//	person FUNCTION                   $PERSON is the case's affected person with that function
//	gates                             triage, captures, assessments, consents, police alignment: all hold
//	capture NAME ITEM INSTANT [PURPOSE]   uploads a file as evidence: $NAME is its id
//	track ROUTE STATE [WHY]           the case's track of a route waits there: $TRACK, $EXECUTION, $DOC, $HASH
//	edit ROLE SENTENCE                puts a sentence under the text of $DOC
//	ended ROUTE OUTCOME               the case's track of a route has ended
//	task KIND                         a task of that kind is open: $TASK, $SUBJECT
//	page HOST/PATH online|gone        what others show
//	arrives [-signed] FILE [N]        a mail comes in; ${REPLYTO} ${MSGID} ${REF} ${TO} are those of the Nth mail sent, the last without
//	mails N                           so many messages arrived at addressees, none twice
//	settings KEY=VALUE …              changes some of the organisation's settings
//	answers ANSWER [WORDS]            the recipient of $DOC answers on the page that its text names
//	letter N FILE                     the Nth of them, with its texts as its reader's program shows them
var storyCommands map[string]func(*testscript.TestScript, bool, []string)

func init() { // the commands call each other
	storyCommands = map[string]func(*testscript.TestScript, bool, []string){
		"desk": cmdDesk, "as": cmdAs, "keep": cmdKeep, "is": cmdIs, "until": cmdUntil, "open": cmdOpen, "gates": cmdGates,
		"capture": cmdCapture, "track": cmdTrack, "edit": cmdEdit, "ended": cmdEnded, "task": cmdTask, "page": cmdPage, "person": cmdPerson, "mails": cmdMails,
		"arrives": cmdArrives, "letter": cmdLetter, "settings": cmdSettings, "answers": cmdAnswers,
	}
}

// driverOf is a driver of the API for what a script says in one word.
func driverOf(ts *testscript.TestScript) *driver {
	tokens := map[string]string{}
	for _, role := range []string{"reporter", "specialist", "legal_adviser", "coordinator", "liaison", "auditor"} {
		tokens[role] = ts.Getenv("TOKEN_" + strings.ToUpper(role))
	}
	d := &driver{ctx: context.Background(), server: ts.Getenv("TAKEDOWN_SERVER"), tokens: tokens}
	d.scope = "story-" + ts.Getenv("CALLS")
	n, _ := strconv.Atoi(ts.Getenv("CALLS")) // empty at first
	ts.Setenv("CALLS", strconv.Itoa(n+1))
	return d
}

// storyOf is the demo's story, as far as a script has got.
func storyOf(ts *testscript.TestScript) *story {
	s := &story{driver: driverOf(ts), tl: newTimeline(ts.Stdout()), caseID: ts.Getenv("CASE"), person: ts.Getenv("PERSON")}
	for n := 1; ts.Getenv(fmt.Sprintf("ITEM%d", n)) != ""; n++ {
		s.items = append(s.items, ts.Getenv(fmt.Sprintf("ITEM%d", n)))
	}
	return s
}

func positive(ts *testscript.TestScript, neg bool, args []string, least int, usage string) {
	if neg || len(args) < least {
		ts.Fatalf("usage: %s", usage)
	}
}

func cmdDesk(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 0, "desk")
	s := storyOf(ts)
	s.setUp()
	ts.Check(s.err)
}

// cmdAs runs the command line as a person; its answer is the last answer.
func cmdAs(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: as ROLE NOUN VERB [ID …] [-- KEY=VALUE …]")
	}
	call := append([]string{}, args[1:]...)
	for i, a := range call {
		if a == "--" {
			file := ts.MkAbs("body.json")
			ts.Check(os.WriteFile(file, bodyOf(ts, call[i+1:]), 0o600))
			call = append(call[:i:i], "-f", file)
			break
		}
	}
	role := ts.Getenv("TOKEN_" + strings.ToUpper(args[0]))
	if role == "" {
		ts.Fatalf("nobody has the role %s", args[0])
	}
	err := ts.Exec("takedown", append(call, "--token", role)...)
	if (err == nil) == neg {
		ts.Fatalf("takedown %s as %s: unexpected end: %v", strings.Join(call, " "), args[0], err)
	}
}

// bodyOf makes a JSON object of KEY=VALUE pairs; a dot in KEY goes deeper, and
// what is JSON stays JSON.
func bodyOf(ts *testscript.TestScript, pairs []string) []byte {
	body := map[string]any{}
	for _, p := range pairs {
		key, value, ok := strings.Cut(p, "=")
		if !ok {
			ts.Fatalf("%q is no KEY=VALUE", p)
		}
		at := body
		path := strings.Split(key, ".")
		for _, k := range path[:len(path)-1] {
			next, ok := at[k].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[k] = next
			}
			at = next
		}
		var v any
		if json.Unmarshal([]byte(value), &v) != nil {
			v = value
		}
		at[path[len(path)-1]] = v
	}
	b, err := json.Marshal(body)
	ts.Check(err)
	return b
}

// said is what the last answer says at a path: "items.0.id".
func said(ts *testscript.TestScript, path string) string {
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile("stdout")), &v); err != nil {
		ts.Fatalf("the last answer is no JSON: %v", err)
	}
	for _, k := range strings.Split(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[k]
		case []any:
			n, err := strconv.Atoi(k)
			if err != nil || n >= len(at) {
				return ""
			}
			v = at[n]
		default:
			return ""
		}
	}
	if s, ok := v.(string); ok || v == nil {
		return s
	}
	b, err := json.Marshal(v)
	ts.Check(err)
	return string(b)
}

func cmdKeep(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 2, "keep NAME PATH")
	v := said(ts, args[1])
	if v == "" {
		ts.Fatalf("the last answer says nothing at %s", args[1])
	}
	ts.Setenv(args[0], v)
}

func cmdIs(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: is PATH VALUE")
	}
	if got := said(ts, args[0]); (got == args[1]) == neg {
		ts.Fatalf("%s is %q", args[0], got)
	}
}

func cmdUntil(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 1, "until INSTANT")
	cmdAs(ts, false, []string{"coordinator", "clock", "advance", "--to", args[0]})
}

func cmdOpen(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 1, "open FILE")
	cmdAs(ts, false, []string{"coordinator", "case", "open", "-f", ts.MkAbs(args[0])})
	cmdKeep(ts, false, []string{"CASE", "id"})
	ts.Setenv("PERSON", said(ts, "people.0"))
	for n := 0; said(ts, fmt.Sprintf("items.%d.id", n)) != ""; n++ {
		ts.Setenv(fmt.Sprintf("ITEM%d", n+1), said(ts, fmt.Sprintf("items.%d.id", n)))
	}
}

func cmdGates(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 0, "gates")
	s := storyOf(ts)
	s.triage()
	for n, item := range s.items {
		s.evid = append(s.evid, s.captureOf(item, fmt.Sprintf("item %d of %s", n+1, s.caseID), at(time.March, 22, 8, 40), ""))
	}
	s.assess()
	s.consents()
	s.put("coordinator", s.casePath("/police-alignment"), map[string]any{"status": "answered", "mayNotify": true, "posterContact": "forbidden", "preservation126ni": "asked"})
	ts.Check(s.err)
}

func cmdCapture(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 3, "capture NAME ITEM INSTANT [PURPOSE]")
	when, err := time.Parse(time.RFC3339, args[2])
	ts.Check(err)
	purpose := "" // a capture of the item itself
	if len(args) > 3 {
		purpose = args[3]
	}
	s := storyOf(ts)
	id := s.captureOf(args[1], args[0]+" of "+s.caseID, when, purpose)
	ts.Check(s.err)
	ts.Setenv(args[0], id)
}

func cmdTrack(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 2, "track ROUTE STATE [WHY]")
	s := storyOf(ts)
	tr := s.expect(s.caseID, args[0], args[1])
	ts.Check(s.err)
	if why := fmt.Sprint(tr.at("waitsFor", "why")); len(args) > 2 && !strings.Contains(why, args[2]) {
		ts.Fatalf("track %s waits for %s", args[0], why)
	}
	ts.Setenv("TRACK", tr.str("id"))
	ts.Setenv("EXECUTION", strings.ReplaceAll(tr.str("id"), "_", "-")+"-1") // its first generation
	if doc := tr.str("document", "id"); doc != "" {
		ts.Setenv("DOC", doc)
		ts.Setenv("HASH", s.get("specialist", "/v1/documents/"+doc).str("contentHash"))
	}
	ts.Check(s.err)
}

func cmdEdit(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 2, "edit ROLE SENTENCE")
	doc := ts.Getenv("DOC")
	cmdAs(ts, false, []string{args[0], "document", "show", doc})
	var was object
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &was))
	now, err := json.Marshal(object{"subject": was["subject"], "text": was.str("text") + "\n" + args[1] + "\n", "recipients": was["recipients"]})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("edit.json"), now, 0o600))
	cmdAs(ts, false, []string{args[0], "document", "edit", doc, "-f", ts.MkAbs("edit.json")})
}

func cmdEnded(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 2, "ended ROUTE OUTCOME")
	s := storyOf(ts)
	s.ended(args[0], args[1])
	ts.Check(s.err)
}

// cmdTask looks for an open task of a kind about the script's case.
func cmdTask(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: task KIND")
	}
	d := driverOf(ts)
	found, subject := "", ""
	for _, role := range []string{"coordinator", "specialist", "legal_adviser", "liaison"} {
		for _, group := range d.get(role, "/v1/worklist?role="+role).list("items") {
			for _, task := range group.list("tasks") {
				ours := task.str("caseId") == ts.Getenv("CASE") || strings.HasPrefix(task.str("subject"), "contact_") // those of the register are every case's
				if group.str("kind") == args[0] && ours {
					found, subject = task.str("id"), task.str("subject")
				}
			}
		}
	}
	ts.Check(d.err)
	if (found == "") != neg {
		ts.Fatalf("task %s: found %q", args[0], found)
	}
	ts.Setenv("TASK", found)
	ts.Setenv("SUBJECT", subject)
}

func cmdPerson(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 1, "person FUNCTION")
	s := storyOf(ts)
	for _, p := range s.get("coordinator", s.casePath("")).list("people") {
		if p.str("function") == args[0] {
			ts.Setenv("PERSON", p.str("id"))
			return
		}
	}
	ts.Check(s.err)
	ts.Fatalf("the case has no affected person who is %s", args[0])
}

func cmdPage(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 2, "page HOST/PATH online|gone")
	w := ts.Value(worldKey{}).(*world)
	host, path, _ := strings.Cut(args[0], "/")
	switch args[1] {
	case "online":
		w.publish(host, "/"+path, demoPage(args[0]))
	case "gone":
		w.takeDown(host, "/"+path)
	default:
		ts.Fatalf("a page is online or gone")
	}
}

func cmdMails(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 1, "mails N")
	count, doubled := ts.Value(worldKey{}).(*world).mails()
	if strconv.Itoa(count) != args[0] || doubled != 0 {
		ts.Fatalf("%d mails arrived, %d of them twice", count, doubled)
	}
}

func cmdLetter(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 2, "letter N FILE")
	w := ts.Value(worldKey{}).(*world)
	w.mu.Lock()
	files := append([]string(nil), w.files...)
	w.mu.Unlock()
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	if n < 1 || n > len(files) {
		ts.Fatalf("%d mails were sent", len(files))
	}
	raw, err := os.ReadFile(filepath.Join(w.mailDir, files[n-1]))
	ts.Check(err)
	text := strings.Join(append([]string{string(raw)}, mailTexts(raw)...), "\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.ReplaceAll(text, "\r\n", "\n")), 0o600))
}
