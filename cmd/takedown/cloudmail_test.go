package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ontdox/takedown/internal/localcloud"
)

// TestTheMailServiceTellsOnLocalCloud drives the compiled function with the
// samples of SES's events. The mails go out by SMTP here, so SES is played.
func TestTheMailServiceTellsOnLocalCloud(t *testing.T) {
	h, w := newCloudHost(t, cloudServices(t))
	server := h.start()
	seen := &seenCalls{all: localcloud.Calls{}}
	t.Cleanup(func() { seen.hold(t) })
	commands := map[string]func(*testscript.TestScript, bool, []string){"told": h.cmdTold}
	for name, f := range storyCommands {
		commands[name] = f
	}
	testscript.Run(t, testscript.Params{
		Files: []string{filepath.Join("testdata", "local-cloud", "mail-service.txtar")}, Cmds: commands, RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			env.Defer(func() {
				lookBehind(t, h)
				seen.add(h.Recorded())
			})
			return setUpStory(env, h, w, server)
		},
	})
}

// cmdTold is "told SAMPLE ADDRESS": the mail service tells it twice of the mail
// that carried $DOC last, to an address.
func (h *cloudHost) cmdTold(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 2, "told SAMPLE ADDRESS")
	text, err := os.ReadFile(filepath.Join("..", "..", "events", args[0]))
	ts.Check(err)
	dispatch := storyOf(ts).get("specialist", "/v1/documents/"+ts.Getenv("DOC")).str("dispatch", "id")
	event := strings.NewReplacer("dispatch_example", dispatch, "abuse@host.example", args[1]).Replace(string(text))
	for range 2 {
		ts.Check(h.Tell(context.Background(), []byte(event)))
	}
}
