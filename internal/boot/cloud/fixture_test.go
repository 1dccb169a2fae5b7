package cloud

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ontdox/takedown/internal/boot/cloud/sampletest"
	"github.com/ontdox/takedown/internal/boot/local"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

var specialist = takedown.Principal{ID: "specialist-1", Roles: []takedown.Role{takedown.Specialist}}

// story is an installation on this machine, with the very handlers that the
// functions have. Its engine runs nothing: a test calls the functions itself.
type story struct {
	*sampletest.Story
	t     *testing.T
	app   *local.App
	dir   string
	pages *gonePages
	notes *notedEngine
}

// gonePages finds every page gone, and counts how often they are asked for.
type gonePages struct{ looks int }

func (p *gonePages) Fetch(context.Context, string, string) (casework.FetchedPage, error) {
	p.looks++
	return casework.FetchedPage{Status: 404}, nil
}

// notedEngine runs nothing: it notes what it is asked.
type notedEngine struct {
	casework.Engine
	started, completed []string
}

func (e *notedEngine) Start(_ context.Context, machine, name string, _ []byte) error {
	if slices.Contains(e.started, machine+" "+name) {
		return takedown.Errorf(takedown.Conflict, "ExecutionAlreadyExists", "it runs")
	}
	e.started = append(e.started, machine+" "+name)
	return nil
}

func (e *notedEngine) Complete(_ context.Context, token string, _ []byte) error {
	if slices.Contains(e.completed, token) {
		return takedown.Errorf(takedown.Conflict, "TaskDoesNotExist", "it is over")
	}
	e.completed = append(e.completed, token)
	return nil
}

func (e *notedEngine) Executions(context.Context, string, string, int) ([]casework.Execution, string, error) {
	return nil, "", nil
}

func (e *notedEngine) Describe(_ context.Context, name string) (casework.Execution, error) {
	return casework.Execution{Name: name, Status: "RUNNING"}, nil
}

func newStory(t *testing.T) *story {
	t.Helper()
	dir := t.TempDir()
	app, err := local.Open(t.Context(), local.Config{
		DataDir: filepath.Join(dir, "data"), KeyFile: filepath.Join(dir, "test.key"), SimulatedFrom: sampletest.Monday,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &story{t: t, app: app, dir: dir, pages: &gonePages{}, notes: &notedEngine{}}
	app.Service.Pages = s.pages
	app.Service.SetEngine(s.notes)
	s.Story = &sampletest.Story{T: t, Service: app.Service, Dir: sampletest.Dir, Page: "https://forum.example/t/1", Invoke: func(function string, event []byte) ([]byte, error) {
		h, ok := app.Service.Handlers()[function]
		if !ok {
			t.Fatalf("there is no function %s", function)
		}
		return h(t.Context(), event)
	}}
	return s
}
