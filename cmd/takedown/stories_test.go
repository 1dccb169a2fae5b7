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
				Setup: func(env *testscript.Env) error { return setUpStory(env, s, w, server) },
			})
		})
	}
}

// worldKey is where a story's commands find the world around it.
type worldKey struct{}

func setUpStory(env *testscript.Env, s shape, w *world, server string) error {
	env.Values[worldKey{}] = w
	env.Setenv("TAKEDOWN_SERVER", server)
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
