package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/localcloud"
)

// emptyStack is a stack of the shape local-cloud without keys, and the file
// that says how to reach it.
func emptyStack(t *testing.T, on localcloud.Services, like *host) (h *cloudHost, environment string) {
	t.Helper()
	opt, err := prepared()
	if err != nil {
		t.Fatal(err)
	}
	h = &cloudHost{t: t, log: &sharedLog{}, tokens: like.tokens, cloudStack: &cloudStack{
		simulated: storyStart(), smtp: "smtp://" + like.world.smtpAddr, standins: filepath.Join(like.dir, "standins.json"), opt: opt,
	}}
	h.opt.On, h.opt.Log, h.opt.Name = on, h.log, "m"+time.Now().Format("150405")
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() {
		if h.Deployment != nil {
			_ = h.Close()
			_ = h.Delete(ctx, on)
		}
		if t.Failed() {
			t.Log(h.log)
		}
	})
	if _, err := h.deploy(ctx, nil); err != nil {
		t.Fatal(err)
	}
	environment = filepath.Join(t.TempDir(), "operator.json")
	if err := h.writeEnvironment(environment); err != nil {
		t.Fatal(err)
	}
	return h, environment
}

// does runs a command that must succeed.
func does(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, terminal{nil, &out, &errs}); code != exitDone {
		t.Fatalf("takedown %s: exit %d: %s", strings.Join(args, " "), code, errs.String())
	}
	return out.String()
}

// refuses runs a command that must be refused with these words.
func refuses(t *testing.T, says string, args ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, terminal{nil, &out, &errs}); code != exitRefused || !strings.Contains(errs.String(), says) {
		t.Fatalf("takedown %s: exit %d, want %q: %s%s", strings.Join(args, " "), code, says, out.String(), errs.String())
	}
}

// lastHead writes the newest signed head of a data directory, or of an archive's
// source, as somebody outside keeps it.
func lastHead(t *testing.T, data string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(data, "heads.log"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	file := filepath.Join(t.TempDir(), "head")
	if err := os.WriteFile(file, []byte(lines[len(lines)-1]), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// sealedWords reads what only an open case key shows: the case with its persons.
func sealedWords(s *story) string {
	b, err := json.Marshal(s.get("specialist", s.casePath("")))
	if err != nil {
		s.err = err
	}
	return string(b)
}

// TestAPlayedCaseMovesToAWSAndBack: a hoster is waited for here, is silent
// there, and is reminded and overtaken here again.
func TestAPlayedCaseMovesToAWSAndBack(t *testing.T) {
	on := cloudServices(t)
	h := newHost(t)
	s := &story{driver: &driver{ctx: t.Context(), scope: "move", server: h.start(), tokens: h.tokens, delivered: h.world.arrived}, tl: newTimeline(&bytes.Buffer{}), world: h.world}
	s.publishPages()
	for _, chapter := range []func(){s.setUp, s.submit, s.capture, s.assessAll, s.consents, s.police, s.platformNotice, s.platformAnswer, s.hosterNotice} {
		chapter()
	}
	before := sealedWords(s)
	holds(t, s)
	h.kill()

	dir, data := t.TempDir(), filepath.Join(h.dir, "data")
	archive, seal := filepath.Join(dir, "one.archive"), filepath.Join(dir, "one.key")
	here := []string{"--data", data, "--key-file", filepath.Join(h.dir, "test.key")}
	t.Log(does(t, append([]string{"export", archive, "--seal", seal}, here...)...))
	head := lastHead(t, data)

	cloud, environment := emptyStack(t, on, h)
	there := []string{"--seal", seal, "--shape", "aws", "--environment", environment}
	refuses(t, "cut off", append([]string{"import", cutOff(t, archive)}, there...)...)
	said := does(t, append([]string{"import", archive}, there...)...)
	t.Log(said)
	if !strings.Contains(said, "verified:") || strings.Contains(said, " 0 executions") {
		t.Errorf("it says %s", said)
	}
	refuses(t, "imported before", append([]string{"import", archive}, there...)...)
	if err := cloud.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.server = cloud.URL
	if after := sealedWords(s); s.err == nil && after != before {
		t.Errorf("the case was\n%s\nand is\n%s", before, after)
	}
	s.platformRemoval()
	holds(t, s)
	cloud.verifies()

	back, home := filepath.Join(dir, "two.archive"), t.TempDir()
	t.Log(does(t, append([]string{"export", back}, there...)...))
	if err := cloud.Close(); err != nil { // nobody acts in two places
		t.Fatal(err)
	}
	data = filepath.Join(home, "data")
	here = []string{"--data", data, "--key-file", filepath.Join(home, "test.key")}
	t.Log(does(t, append([]string{"import", back, "--seal", seal}, here...)...))
	refuses(t, "holds an installation", append([]string{"import", back, "--seal", seal}, here...)...)
	if said := does(t, "verify", data, "--key-file", filepath.Join(home, "test.key"), "--head", head); strings.Contains(said, "restored") {
		t.Errorf("it says %s", said)
	}
	if err := os.Rename(filepath.Join(h.dir, "standins.json"), filepath.Join(home, "standins.json")); err != nil {
		t.Fatal(err)
	}
	h.dir = home
	s.server = h.start()
	s.hosterSilence()
	s.order()
	s.close()
	holds(t, s)
	if mails, doubled := h.world.mails(); mails != demoMails || doubled > 0 {
		t.Errorf("%d mails left, %d of them twice", mails, doubled)
	}
	h.kill()
	does(t, "verify", data, "--key-file", filepath.Join(home, "test.key"), "--head", head)
}

func holds(t *testing.T, s *story) {
	t.Helper()
	if s.err != nil {
		t.Fatal(s.err)
	}
}

// cutOff is an archive that lacks its end.
func cutOff(t *testing.T, archive string) string {
	t.Helper()
	b, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	file := archive + ".cut"
	if err := os.WriteFile(file, b[:len(b)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
