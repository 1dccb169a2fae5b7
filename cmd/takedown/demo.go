package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/boot/local"
	"github.com/ontdox/takedown/internal/takedown"
)

// demoCmd plays one case from submission to outcome.
type demoCmd struct {
	Out  string `default:"takedown-demo" help:"Where everything is put; a directory of an earlier demo is replaced." placeholder:"DIR"`
	JSON bool   `help:"Standard output is the summary alone."`
}

// Run plays the story, verifies its history and says where things lie.
func (c *demoCmd) Run(ctx context.Context, term terminal) error {
	told := term.out
	if c.JSON {
		told = term.err
	}
	if err := clearDemo(c.Out); err != nil {
		return err
	}
	if err := beginDemo(c.Out); err != nil {
		return err
	}
	if err := c.play(ctx, told, term); err != nil {
		return err
	}
	if c.JSON {
		summary, err := os.ReadFile(filepath.Join(c.Out, demoMark))
		if err == nil {
			_, err = term.out.Write(summary)
		}
		return err
	}
	_, err := fmt.Fprintf(told, "\nEverything lies in %s: data/ (the installation), mail/, documents/, history.jsonl, summary.json, demo.key\n"+
		"Verify it yourself, with takedown or go run ./cmd/takedown: verify %s\n", c.Out, filepath.Join(c.Out, "history.jsonl"))
	return err
}

// demoHost is the installation that a story plays on, in this process.
type demoHost struct {
	app    *local.App
	server *http.Server
	url    string
	stop   func()
}

// play plays the story and writes what it leaves.
func (c *demoCmd) play(ctx context.Context, told io.Writer, term terminal) error {
	w, err := newWorld(filepath.Join(c.Out, "mail"), []string{platformHost, forumHost})
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }() // servers of this process alone
	host, err := startDemoHost(ctx, c.Out, w, term.err)
	if err != nil {
		return err
	}
	defer host.stop()
	tokens, err := demoTokens(ctx, host.app)
	if err != nil {
		return err
	}
	bar := newProgress(term.err)
	defer bar.end()
	told = bar.over(told)
	s := &story{driver: &driver{ctx: ctx, scope: "demo", server: host.url, tokens: tokens, delivered: w.arrived}, tl: newTimeline(told), world: w, bar: bar}
	fmt.Fprintln(told, "One case of doxing, from submission to outcome, on a simulated clock.")
	if err := s.play(); err != nil {
		return err
	}
	return finishDemo(ctx, c.Out, host, s, w)
}

func startDemoHost(ctx context.Context, dir string, w *world, log io.Writer) (*demoHost, error) {
	app, err := local.Open(ctx, local.Config{
		DataDir: filepath.Join(dir, "data"), KeyFile: filepath.Join(dir, "demo.key"), SMTP: "smtp://" + w.smtpAddr, SimulatedFrom: storyStart(),
		StandIns: &local.StandIns{Hosts: map[string]string{platformHost: w.tlsAddr, forumHost: w.tlsAddr}, CA: w.ca},
		Log:      slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return nil, err
	}
	work, cancel := context.WithCancel(ctx)
	wait, err := app.Start(work)
	if err != nil {
		cancel()
		return nil, errors.Join(err, app.Close())
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		cancel()
		wait()
		return nil, errors.Join(err, app.Close())
	}
	h := &demoHost{app: app, server: &http.Server{Handler: newAPI(app), ReadHeaderTimeout: 10 * time.Second}, url: "http://" + l.Addr().String()}
	go func() { _ = h.server.Serve(l) }() // ends with Close
	h.stop = func() {
		_ = h.server.Close()
		cancel()
		wait()
		_ = app.Close()
	}
	return h, nil
}

// demoTokens makes one token for each role; each is a person of its own.
func demoTokens(ctx context.Context, app *local.App) (map[string]string, error) {
	tokens := map[string]string{}
	for _, role := range takedown.Roles() {
		made, err := app.Service.CreateToken(ctx, takedown.TheSystem, "demo-"+strings.ReplaceAll(string(role), "_", "-"), []takedown.Role{role})
		if err != nil {
			return nil, err
		}
		tokens[string(role)] = made.Token
	}
	return tokens, nil
}

// demoSummary is summary.json.
type demoSummaryFile struct {
	Case     string      `json:"case"`
	Tracks   []demoTrack `json:"tracks"`
	Mails    int         `json:"mails"`
	Clocks   []demoClock `json:"clocks"`
	Entries  int         `json:"entries"`
	Verified bool        `json:"verified"`
}

type demoTrack struct {
	Route   string   `json:"route"`
	Contact string   `json:"contact"`
	Rungs   []string `json:"rungs"`
	Outcome string   `json:"outcome"`
}

type demoClock struct {
	Rule    string   `json:"rule"`
	Nature  string   `json:"nature"`
	Start   string   `json:"start"`
	DueDate string   `json:"dueDate"`
	Steps   []object `json:"steps"`
}

// demoMails is how many messages the story sends to addressees: a notice and
// a reminder; the platform and the police are served by hand.
const demoMails = 2

// finishDemo writes the documents, the export and the summary, and verifies.
func finishDemo(ctx context.Context, dir string, host *demoHost, s *story, w *world) error {
	if err := writeDocuments(ctx, dir, s); err != nil {
		return err
	}
	rep, err := verifyDemo(ctx, dir, host, s)
	if err != nil {
		return err
	}
	sum := s.summary()
	if s.err != nil {
		return s.err
	}
	mails, doubled := w.mails()
	if doubled > 0 || mails != demoMails {
		return fmt.Errorf("%d message(s) reached addressees, want %d; %d of them twice", mails, demoMails, doubled)
	}
	sum.Mails, sum.Entries, sum.Verified = mails, rep.Entries, true
	s.say("auditor", fmt.Sprintf("verifies: %d entries, every chain, leaf and head agrees", rep.Entries))
	return writeSummary(dir, sum)
}

// summary sums up the case's tracks and clocks.
func (s *story) summary() demoSummaryFile {
	sum := demoSummaryFile{Case: s.caseID, Tracks: []demoTrack{}, Clocks: []demoClock{}}
	for _, tr := range s.get("coordinator", s.casePath("/tracks")).list("items") {
		t := demoTrack{Route: tr.str("route"), Contact: tr.str("contactId"), Rungs: []string{}, Outcome: tr.str("outcome")}
		for _, r := range tr.list("rungs") {
			t.Rungs = append(t.Rungs, r.str("rung"))
		}
		sum.Tracks = append(sum.Tracks, t)
		for _, c := range tr.list("clocks") {
			sum.Clocks = append(sum.Clocks, demoClock{c.str("rule"), c.str("nature"), c.str("start"), c.str("dueDate"), c.list("steps")})
		}
	}
	sort.SliceStable(sum.Clocks, func(i, j int) bool { return sum.Clocks[i].Start < sum.Clocks[j].Start })
	sort.SliceStable(sum.Tracks, func(i, j int) bool { return sum.Tracks[i].Route < sum.Tracks[j].Route })
	return sum
}

// writeDocuments puts each document's text and HTML into documents/.
func writeDocuments(ctx context.Context, dir string, s *story) error {
	out := filepath.Join(dir, "documents")
	if err := os.MkdirAll(out, 0o700); err != nil {
		return err
	}
	for n, d := range s.get("specialist", s.casePath("/documents")).list("items") {
		for as, ext := range map[string]string{"text": "txt", "html": "html"} {
			a, err := newClient(s.server, s.tokens["specialist"]).do(ctx, request{method: http.MethodGet, path: "/v1/documents/" + d.str("id") + "/rendered?as=" + as})
			if err != nil {
				return err
			}
			name := fmt.Sprintf("%02d-%s.%s", n+1, d.str("instrument"), ext)
			if err := os.WriteFile(filepath.Join(out, name), a.body, 0o600); err != nil {
				return err
			}
		}
	}
	return s.err
}

// verifyDemo verifies the installation and the case's export.
func verifyDemo(ctx context.Context, dir string, host *demoHost, s *story) (audit.Report, error) {
	path := filepath.Join(dir, "history.jsonl")
	if err := writeWhole(path, func(w io.Writer) error { return host.app.ExportHistory(ctx, w, s.caseID) }); err != nil {
		return audit.Report{}, err
	}
	if _, err := verifyFile(path, audit.Options{}); err != nil {
		return audit.Report{}, err
	}
	return host.app.Verify(ctx, audit.Options{})
}
