package local_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/boot/local"
	"github.com/ontdox/takedown/internal/moving"
)

// TestAnImportIsWholeOrCanBeRepeated: an archive that is cut off, changed,
// sealed under another key or none, and one whose reading stops anywhere, leave
// nothing that serves; the same directory takes the whole one afterwards, once.
func TestAnImportIsWholeOrCanBeRepeated(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	app := open(t, config(dir))
	act(t, app, "anna")
	key, err := moving.MakeKey(filepath.Join(dir, "archive.key"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := moving.MakeKey(filepath.Join(dir, "other.key"))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := app.Export(ctx, &out, key); err != nil {
		t.Fatal(err)
	}
	whole := out.Bytes()
	holdsNone(t, whole, filepath.Join(dir, "test.key"))
	changed := bytes.Clone(whole)
	changed[len(changed)/2] ^= 1
	to := local.Config{DataDir: filepath.Join(dir, "new"), KeyFile: filepath.Join(dir, "new.key")}
	for name, b := range map[string][]byte{"cut off": whole[:len(whole)-1], "half": whole[:len(whole)/2], "changed": changed, "foreign": []byte("PK\x03\x04 and more than enough bytes of another form")} {
		if _, err := local.Import(ctx, to, bytes.NewReader(b), key); err == nil {
			t.Fatalf("%s: it was imported", name)
		}
		if _, err := os.Stat(filepath.Join(to.DataDir, "takedown.db")); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("%s: a database was left that would serve: %v", name, err)
		}
	}
	if _, err := local.Import(ctx, to, bytes.NewReader(whole), other); err == nil {
		t.Fatal("it opened with another key")
	}
	stopped := io.MultiReader(bytes.NewReader(whole[:len(whole)*2/3]), broken{})
	if _, err := local.Import(ctx, to, stopped, key); err == nil {
		t.Fatal("it was imported from a broken disk")
	}
	in, err := local.Import(ctx, to, bytes.NewReader(whole), key)
	if err != nil || in.Report.Entries == 0 || in.Counts.Rows == 0 {
		t.Fatalf("%+v, %v", in, err)
	}
	_, err = local.Import(ctx, to, bytes.NewReader(whole), key)
	refused(t, err, "State")
	verified(t, open(t, to), audit.Options{})
}

// broken is a disk that fails.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the disk fails") }

// holdsNone: nothing of the key file stands in an archive in the clear.
func holdsNone(t *testing.T, archive []byte, keyFile string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "archive")
	if err := os.WriteFile(file, archive, 0o600); err != nil {
		t.Fatal(err)
	}
	holdsNoKey(t, file, keyFile)
}
