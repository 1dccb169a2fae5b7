package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// shape is an installation that a story runs on. A story knows its address and
// its tokens, and nothing of where its data lie.
type shape interface {
	// start brings it up on a simulated clock that stands at storyStart.
	start() (server string)
	// tokenOf is the token of the person with a role.
	tokenOf(role string) string
	// stop ends it and shows all that it stored, sent and logged.
	stop(look func(where string, content []byte))
}

// stop kills the process: what it leaves is looked at as a thief would find it,
// the database's journal included.
func (h *host) stop(look func(where string, content []byte)) {
	h.kill()
	look("the server's log", h.log.Bytes())
	everyFile(h.t, h.dir, look)
}

// newShape is the shape that the stories run on, with the world around it.
func newShape(t *testing.T) (shape, *world) {
	h := newHost(t)
	return h, h.world
}

// TestStories plays each legal situation of testdata/*.txtar through the
// command line against a served installation.
func TestStories(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".txtar"), func(t *testing.T) {
			t.Parallel()
			s, w := newShape(t)
			server := s.start()
			testscript.Run(t, testscript.Params{
				Files: []string{script}, Cmds: storyCommands, RequireExplicitExec: true, RequireUniqueNames: true,
				Setup: func(env *testscript.Env) error {
					env.Defer(func() { lookBehind(t, s) })
					return setUpStory(env, s, w, server)
				},
			})
		})
	}
}

// lookBehind ends a story's installation and looks for sealed values in all that
// it leaves: database, journal, blobs, mails, logs.
func lookBehind(t *testing.T, s shape) {
	t.Helper()
	seen := 0
	s.stop(func(where string, content []byte) {
		seen += len(content)
		noSealedIn(t, where, content)
	})
	if seen < 100_000 {
		t.Errorf("only %d bytes were looked at", seen)
	}
}

// worldKey is where a story's commands find the world around it.
type worldKey struct{}

func setUpStory(env *testscript.Env, s shape, w *world, server string) error {
	env.Values[worldKey{}] = w
	env.Setenv("TAKEDOWN_SERVER", server)
	if h, ok := s.(*host); ok {
		env.Setenv("MAIL_IN", h.mailIn)
		env.Values[zoneKey{}] = h.dns
	}
	if h, ok := s.(*cloudHost); ok {
		env.Values[receiverKey{}] = h
	}
	env.Setenv("TOKEN_SECOND_ADVISER", s.tokenOf("second_adviser"))
	cases, err := filepath.Glob("testdata/*.json")
	if err != nil {
		return err
	}
	for _, file := range cases { // what several stories open
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(env.WorkDir, filepath.Base(file)), b, 0o600); err != nil {
			return err
		}
	}
	for _, role := range []string{"reporter", "specialist", "legal_adviser", "coordinator", "liaison", "auditor"} {
		env.Setenv("TOKEN_"+strings.ToUpper(role), s.tokenOf(role))
	}
	return nil
}
