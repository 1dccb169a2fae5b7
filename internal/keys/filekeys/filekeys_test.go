package filekeys_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/keys/filekeys"
	"github.com/ontdox/takedown/internal/keys/keystest"
	"github.com/ontdox/takedown/internal/takedown"
)

func TestSuite(t *testing.T) {
	paths := map[casework.Keys]string{}
	keystest.Run(t, keystest.Adapter{
		New: func(t *testing.T) casework.Keys {
			k, path := create(t)
			paths[k] = path
			return k
		},
		Reopen: func(t *testing.T, k casework.Keys) casework.Keys {
			again, err := filekeys.Open(paths[k])
			if err != nil {
				t.Fatal(err)
			}
			return again
		},
	})
}

func create(t *testing.T) (*filekeys.Keys, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.key")
	k, err := filekeys.Create(path, "deployment-1")
	if err != nil {
		t.Fatal(err)
	}
	return k, path
}

func TestFileIsForItsOwnerAlone(t *testing.T) {
	_, path := create(t)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o666, 0o620} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := filekeys.Open(path); takedown.KindOf(err) != takedown.Invalid {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the key file stand others: %v, %v", entries, err)
	}
}

func TestNeverOverwrites(t *testing.T) {
	_, path := create(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := filekeys.Create(path, "deployment-2"); takedown.KindOf(err) != takedown.Conflict {
		t.Errorf("a second Create: %v", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the key file has changed, %v", err)
	}
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	if _, err := filekeys.Open(filepath.Join(dir, "none")); takedown.KindOf(err) != takedown.NotFound {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := filekeys.Create(filepath.Join(dir, "no", "dir"), "d"); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("a missing directory: %v", err)
	}
	for _, id := range []string{"", "A", "a/b", "a b", "-a", strings.Repeat("a", 65)} {
		if _, err := filekeys.Create(filepath.Join(dir, "k"), id); takedown.KindOf(err) != takedown.Invalid {
			t.Errorf("deployment %q: %v", id, err)
		}
	}
}

func TestDamagedFileIsRefusedWithoutQuotingIt(t *testing.T) {
	_, path := create(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := create(t)
	var fields map[string]any
	if err := json.Unmarshal(whole, &fields); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{
		"empty": nil, "cut off": whole[:len(whole)/2], "two": append(bytes.Clone(whole), whole...), "unknown field": with(t, fields, "x", 1),
		"no format": with(t, fields, "format", "takedown keys v9"), "short root": with(t, fields, "macRoot", "AAAA"),
		"another's verifier": with(t, fields, "logVerifier", other.LogVerifier()), "no master": with(t, fields, "master", map[string]any{}),
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, body, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := filekeys.Open(path)
			if takedown.KindOf(err) != takedown.Invalid {
				t.Fatalf("%v", err)
			}
			for ; err != nil; err = errors.Unwrap(err) {
				for _, secret := range []string{fields["logSigner"].(string), fields["macRoot"].(string)} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("the error quotes a key: %v", err)
					}
				}
			}
		})
	}
}

func with(t *testing.T, fields map[string]any, key string, value any) []byte {
	t.Helper()
	changed := map[string]any{}
	for k, v := range fields {
		changed[k] = v
	}
	changed[key] = value
	b, err := json.Marshal(changed)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLogKeySignsAndSurvives(t *testing.T) {
	k, path := create(t)
	signer, err := k.LogSigner()
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: "a head\n"}, signer)
	if err != nil {
		t.Fatal(err)
	}
	again, err := filekeys.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(again.LogVerifier())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(signed, note.VerifierList(verifier)); err != nil {
		t.Errorf("the reopened key does not verify: %v", err)
	}
	stranger, _ := create(t)
	if verifier, err = note.NewVerifier(stranger.LogVerifier()); err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(signed, note.VerifierList(verifier)); err == nil {
		t.Error("another deployment's key verifies")
	}
}
