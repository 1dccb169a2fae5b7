package bundle_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/ontdox/takedown/internal/bundle"
	"github.com/ontdox/takedown/internal/skip"
)

var at = time.Date(2027, 4, 29, 9, 30, 0, 0, time.UTC)

func parts(t *testing.T) []bundle.Part {
	t.Helper()
	var out []bundle.Part
	for _, f := range [][2]string{{"document.json", "{}\n"}, {"evidence/C1.png", strings.Repeat("\x89PNG\x00", 100_000)}, {"evidence/C2.bin", ""}} {
		p, err := bundle.Bytes(f[0], []byte(f[1]))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	sums, err := bundle.Bytes(bundle.SumsName, bundle.Sums(out))
	if err != nil {
		t.Fatal(err)
	}
	return append(out, sums)
}

func written(t *testing.T, ps []bundle.Part) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := bundle.Write(&b, at, ps); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The zip opens with tools that are not ours, as a file and as a stream, and
// sha256sum -c finds every file as it was.
func TestOtherToolsOpenIt(t *testing.T) {
	raw := written(t, parts(t))
	if again := written(t, parts(t)); !bytes.Equal(raw, again) {
		t.Error("the same files gave another zip")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "bundle.zip")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if unzip, err := exec.LookPath("unzip"); err == nil {
		if out, err := exec.Command(unzip, "-t", file).CombinedOutput(); err != nil {
			t.Errorf("unzip -t: %v\n%s", err, out)
		}
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		skip.Now(t, "python3 is not installed")
	}
	const extract = "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])"
	if out, err := exec.Command(python, "-c", extract, file, dir).CombinedOutput(); err != nil {
		t.Fatalf("python: %v\n%s", err, out)
	}
	check := exec.Command("sha256sum", "-c", "--strict", bundle.SumsName)
	check.Dir = dir
	if out, err := check.CombinedOutput(); err != nil || strings.Count(string(out), ": OK") != 3 {
		t.Errorf("sha256sum: %v\n%s", err, out)
	}
}

// Who has the key reads what went in; a bundle cut short is not taken for whole.
func TestEncryptedToItsRecipient(t *testing.T) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var sealed bytes.Buffer
	w, err := bundle.Encrypt(&sealed, id.Recipient().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(bundle.Write(w, at, parts(t)), w.Close()); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed.Bytes(), []byte("PNG")) || bytes.Contains(sealed.Bytes(), []byte("evidence/C1")) {
		t.Error("it can be read without the key")
	}
	r, err := age.Decrypt(bytes.NewReader(sealed.Bytes()), id)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(r); err != nil || !bytes.Equal(plain, written(t, parts(t))) {
		t.Errorf("decrypted: %v, %d bytes", err, len(plain))
	}
	r, err = age.Decrypt(bytes.NewReader(sealed.Bytes()[:sealed.Len()-100]), id)
	if err == nil {
		_, err = io.ReadAll(r)
	}
	if err == nil {
		t.Error("a bundle cut short passes for whole")
	}
	for _, key := range []string{"", "age1", "ssh-ed25519 AAAA", id.String(), id.Recipient().String() + "\n"} {
		if bundle.CheckRecipient(key) == nil {
			t.Errorf("%q is taken for a recipient", key)
		}
	}
}

// A file that is another one when it is written than when it was measured ends
// the zip, and what stands so far opens with nothing.
func TestAFileThatChangedEndsIt(t *testing.T) {
	for name, other := range map[string]string{"changed": "aaab", "shorter": "aaa", "longer": "aaaaa"} {
		t.Run(name, func(t *testing.T) {
			content := "aaaa"
			p, err := bundle.Measure("evidence/C1.txt", func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil })
			if err != nil {
				t.Fatal(err)
			}
			content = other
			var b bytes.Buffer
			if err := bundle.Write(&b, at, []bundle.Part{p}); err == nil || !strings.Contains(err.Error(), "evidence/C1.txt") {
				t.Errorf("error %v", err)
			}
			if bytes.Contains(b.Bytes(), []byte("PK\x05\x06")) {
				t.Error("the zip has an end")
			}
		})
	}
}

func TestNamesThatAreNone(t *testing.T) {
	for _, name := range []string{"", "/etc/x", "../x", "a/../b", `a\b`, "C:x", ".hidden", "a//b", "a/", "a\nb", "a b", "é"} {
		if _, err := bundle.Bytes(name, nil); err == nil {
			t.Errorf("%q is taken for a name", name)
		}
	}
	p, err := bundle.Bytes("a.txt", nil)
	if err != nil {
		t.Fatal(err)
	}
	q, err := bundle.Bytes("A.TXT", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := bundle.Write(io.Discard, at, []bundle.Part{p, q}); err == nil {
		t.Error("two files of one name on a system that ignores case")
	}
}

func TestDeclarations(t *testing.T) {
	m := bundle.Manifest{Language: "nl", Reference: "TD-2027-abc", Files: []bundle.File{
		{Name: "document.pdf"},
		{Name: "evidence/C1.png", Size: 12, SHA256: "ab", Evidence: &bundle.Evidence{No: "C1", Items: []int{1, 3}, CapturedAt: at, Zone: "Europe/Amsterdam", CapturedBy: "medewerker meldpunt", Tool: "browser 1", Original: true}},
		{Name: "evidence/C2.png", Size: 7, SHA256: "cd", Evidence: &bundle.Evidence{No: "C2", Items: []int{1}, CapturedAt: at, Zone: "Europe/Amsterdam", CapturedBy: "A1", DerivedFrom: "C1"}},
	}}
	for language, want := range map[string][]string{
		"nl": {"TD-2027-abc", "C1", "2027-04-29T09:30:00Z (2027-04-29 11:30:00 Europe/Amsterdam), met browser 1", "item 1, item 3", "het origineel", "Functie: medewerker meldpunt", "afgeleid van C1", "SHA-256: cd"},
		"en": {"captured the file evidence/C1.png", "the original", "Function: A1", "derived from C1", "Size: 7 bytes"},
	} {
		m.Language = language
		for _, w := range want {
			if got := m.Declarations(); !strings.Contains(got, w) {
				t.Errorf("%s: %q is not in\n%s", language, w, got)
			}
		}
	}
}
