package witness

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pretend puts a tool into the list for one test.
func pretend(t *testing.T, install func(context.Context, string) error) {
	t.Helper()
	kept := tools
	tools = append([]tool{{"pretended", "1", install}}, kept...)
	t.Cleanup(func() { tools = kept })
}

func TestAHalfInstallationIsMadeAnew(t *testing.T) {
	calls := 0
	pretend(t, func(_ context.Context, dir string) error {
		calls++
		if _, err := os.Stat(filepath.Join(dir, "rest")); err == nil {
			t.Error("the rest of the broken installation is still there")
		}
		if err := os.WriteFile(filepath.Join(dir, "rest"), nil, 0o600); err != nil {
			return err
		}
		if calls == 1 {
			return errors.New("the network went away")
		}
		return nil
	})
	c := Cache{Dir: t.TempDir()}
	if err := c.Install(t.Context(), "pretended"); err == nil || !strings.Contains(err.Error(), "install pretended 1: the network went away") {
		t.Errorf("got %v", err)
	}
	for range 2 {
		if err := c.Install(t.Context(), "pretended"); err != nil {
			t.Error(err)
		}
	}
	if calls != 2 {
		t.Errorf("installed %d times, want one failure and one success", calls)
	}
}

func TestAnUnknownToolIsNamed(t *testing.T) {
	err := Cache{Dir: t.TempDir()}.Install(t.Context(), "dynamo")
	if err == nil || !strings.Contains(err.Error(), `unknown tool "dynamo": one of dynamodb-local`) {
		t.Errorf("got %v", err)
	}
}

func TestAServiceThatEndsAtOnceSaysWhatItPrinted(t *testing.T) {
	c := Cache{Dir: t.TempDir()}
	bin := c.Path(Moto, "bin")
	if err := os.MkdirAll(bin, 0o750); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\necho no such option\nexit 3\n"
	if err := os.WriteFile(filepath.Join(bin, "moto_server"), []byte(script), 0o700); err != nil { //nolint:gosec // it must be executable
		t.Fatal(err)
	}
	if err := os.WriteFile(c.Path(Moto, done), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	running, err := c.StartAll(t.Context(), Moto)
	if running != nil || err == nil || !strings.Contains(err.Error(), "start moto: it ended: no such option") {
		t.Errorf("got %v, %v", running, err)
	}
}

func TestEveryServiceHasAnEndpoint(t *testing.T) {
	for _, name := range Services() {
		if _, err := find(name); err != nil || endpoints[name] == "" {
			t.Errorf("%s: %v, %q", name, err, endpoints[name])
		}
	}
}
