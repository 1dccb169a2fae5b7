// Package keystest is what every adapter of casework.Keys must pass.
package keystest

import (
	"bytes"
	"io"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// Adapter opens the keys under test.
type Adapter struct {
	// New gives the keys of a new deployment.
	New func(t *testing.T) casework.Keys
	// Reopen gives the same deployment's keys as another process sees them.
	Reopen func(t *testing.T, k casework.Keys) casework.Keys
}

// Run runs the suite.
func Run(t *testing.T, a Adapter) {
	for name, test := range map[string]func(*testing.T, Adapter){
		"SealedOpensAgain": sealedOpens, "SealedHidesAndVaries": sealedHides, "OtherAssociatedDataIsRefused": otherAssociated,
		"OneFlippedBitIsRefused": flippedBit, "KeyIsBoundToItsCase": boundToCase, "KeyIsBoundToItsDeployment": boundToDeployment,
		"CaseKeysDiffer": keysDiffer, "WrappedKeySurvivesAReopen": survives, "WrappedKeyFitsARow": fitsARow,
		"MACsDifferByPurposeDataAndDeployment": macs, "CaseMACs": caseMACs,
		"StreamOpensAgain": streamOpens, "StreamIsWholeOrRefused": streamWhole,
	} {
		t.Run(name, func(t *testing.T) { test(t, a) })
	}
}

const oneCase = "case_01"

func newKey(t *testing.T, k casework.Keys, caseID string) (casework.CaseKey, []byte) {
	t.Helper()
	wrapped, err := k.NewCaseKey(t.Context(), caseID)
	if err != nil {
		t.Fatal(err)
	}
	return openKey(t, k, caseID, wrapped), wrapped
}

func openKey(t *testing.T, k casework.Keys, caseID string, wrapped []byte) casework.CaseKey {
	t.Helper()
	key, err := k.CaseKey(t.Context(), caseID, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func seal(t *testing.T, key casework.CaseKey, plain, associated string) []byte {
	t.Helper()
	ct, err := key.Seal([]byte(plain), []byte(associated))
	if err != nil {
		t.Fatal(err)
	}
	return ct
}

func opens(t *testing.T, key casework.CaseKey, sealed []byte, associated, want string) {
	t.Helper()
	plain, err := key.Open(sealed, []byte(associated))
	if err != nil || string(plain) != want {
		t.Errorf("opens as %q, %v; want %q", plain, err, want)
	}
}

func refused(t *testing.T, key casework.CaseKey, sealed []byte, associated, why string) {
	t.Helper()
	if plain, err := key.Open(sealed, []byte(associated)); err == nil {
		t.Errorf("%s: opens as %q", why, plain)
	}
}

func sealedOpens(t *testing.T, a Adapter) {
	key, _ := newKey(t, a.New(t), oneCase)
	for _, plain := range []string{"", "x", "Dorpsstraat 1, Voorbeelddorp", string(make([]byte, 100_000))} {
		opens(t, key, seal(t, key, plain, "case/1/summary"), "case/1/summary", plain)
	}
}

func sealedHides(t *testing.T, a Adapter) {
	key, _ := newKey(t, a.New(t), oneCase)
	one, two := seal(t, key, "Dorpsstraat 1", "f"), seal(t, key, "Dorpsstraat 1", "f")
	if bytes.Contains(one, []byte("Dorpsstraat")) {
		t.Error("the plain text stands in the sealed")
	}
	if bytes.Equal(one, two) {
		t.Error("the same text seals to the same bytes: who reads the database sees that two are equal")
	}
}

func otherAssociated(t *testing.T, a Adapter) {
	key, _ := newKey(t, a.New(t), oneCase)
	sealed := seal(t, key, "x", "person/1/name")
	for _, other := range []string{"", "person/2/name", "person/1/phone"} {
		refused(t, key, sealed, other, "associated data "+other)
	}
}

func flippedBit(t *testing.T, a Adapter) {
	key, _ := newKey(t, a.New(t), oneCase)
	sealed := seal(t, key, "twelve bytes", "f")
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		refused(t, key, changed, "f", "a flipped bit")
	}
	for i := range sealed {
		refused(t, key, sealed[:i], "f", "cut off")
	}
}

func boundToCase(t *testing.T, a Adapter) {
	k := a.New(t)
	_, wrapped := newKey(t, k, oneCase)
	if _, err := k.CaseKey(t.Context(), "case_02", wrapped); err == nil {
		t.Error("another case opens the key")
	}
	for _, broken := range [][]byte{nil, {}, wrapped[:len(wrapped)-1], append(bytes.Clone(wrapped), 0)} {
		if _, err := k.CaseKey(t.Context(), oneCase, broken); err == nil {
			t.Errorf("a wrapped key of %d bytes opens, whole it has %d", len(broken), len(wrapped))
		}
	}
}

func boundToDeployment(t *testing.T, a Adapter) {
	_, wrapped := newKey(t, a.New(t), oneCase)
	if _, err := a.New(t).CaseKey(t.Context(), oneCase, wrapped); err == nil {
		t.Error("another deployment opens the key")
	}
}

func keysDiffer(t *testing.T, a Adapter) {
	k := a.New(t)
	one, _ := newKey(t, k, oneCase)
	two, _ := newKey(t, k, oneCase)
	refused(t, two, seal(t, one, "x", "f"), "f", "sealed under another key")
	if bytes.Equal(one.MAC([]byte("x")), two.MAC([]byte("x"))) {
		t.Error("two keys give the same MAC")
	}
}

func survives(t *testing.T, a Adapter) {
	k := a.New(t)
	key, wrapped := newKey(t, k, oneCase)
	sealed := seal(t, key, "x", "f")
	again := a.Reopen(t, k)
	if again.DeploymentID() != k.DeploymentID() || k.DeploymentID() == "" {
		t.Errorf("deployment %q became %q", k.DeploymentID(), again.DeploymentID())
	}
	reopened := openKey(t, again, oneCase, wrapped)
	opens(t, reopened, sealed, "f", "x")
	if !bytes.Equal(key.MAC([]byte("x")), reopened.MAC([]byte("x"))) || !bytes.Equal(k.MAC("url", nil), again.MAC("url", nil)) {
		t.Error("MACs changed over a reopen")
	}
}

// fitsARow: rows stay under 4 KB, and a case's row holds more than its key.
func fitsARow(t *testing.T, a Adapter) {
	_, wrapped := newKey(t, a.New(t), oneCase)
	if len(wrapped) > 1024 {
		t.Errorf("a wrapped key has %d bytes", len(wrapped))
	}
}

func macs(t *testing.T, a Adapter) {
	k, other := a.New(t), a.New(t)
	seen := map[string]string{}
	for name, m := range map[string][]byte{
		"url x": k.MAC("url", []byte("x")), "url y": k.MAC("url", []byte("y")), "token x": k.MAC("token", []byte("x")),
		"ur lx": k.MAC("ur", []byte("lx")), "nothing": k.MAC("", []byte("urlx")), "other": other.MAC("url", []byte("x")),
	} {
		if len(m) != 32 {
			t.Errorf("%s: %d bytes", name, len(m))
		}
		if twin, ok := seen[string(m)]; ok {
			t.Errorf("%s and %s have one MAC", name, twin)
		}
		seen[string(m)] = name
	}
	if !bytes.Equal(k.MAC("url", []byte("x")), k.MAC("url", []byte("x"))) {
		t.Error("a MAC changes")
	}
}

func caseMACs(t *testing.T, a Adapter) {
	k := a.New(t)
	key, wrapped := newKey(t, k, oneCase)
	same := openKey(t, k, oneCase, wrapped)
	if len(key.MAC(nil)) != 32 || !bytes.Equal(key.MAC([]byte("x")), same.MAC([]byte("x"))) || bytes.Equal(key.MAC([]byte("x")), key.MAC([]byte("y"))) {
		t.Error("a case's MAC is not one of its data under its key")
	}
}

func stream(t *testing.T, a Adapter) casework.StreamSealer {
	t.Helper()
	key, _ := newKey(t, a.New(t), oneCase)
	s, ok := key.(casework.StreamSealer)
	if !ok {
		t.Fatalf("%T seals no streams", key)
	}
	return s
}

func sealStream(t *testing.T, s casework.StreamSealer, plain []byte, associated string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := s.SealStream(&b, []byte(associated))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, bytes.NewReader(plain)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openStream(s casework.StreamSealer, sealed []byte, associated string) ([]byte, error) {
	r, err := s.OpenStream(bytes.NewReader(sealed), []byte(associated))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func streamOpens(t *testing.T, a Adapter) {
	s := stream(t, a)
	for _, size := range []int{0, 1, 1<<20 - 1, 1 << 20, 3<<20 + 17} {
		plain := bytes.Repeat([]byte("scherm"), size/6+1)[:size]
		got, err := openStream(s, sealStream(t, s, plain, "evidence/1"), "evidence/1")
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes come back as %d, %v", size, len(got), err)
		}
	}
}

func streamWhole(t *testing.T, a Adapter) {
	s := stream(t, a)
	sealed := sealStream(t, s, make([]byte, 2<<20), "evidence/1")
	middle := bytes.Clone(sealed)
	middle[len(middle)/2] ^= 1
	for why, c := range map[string]struct {
		sealed     []byte
		associated string
	}{
		"other associated data": {sealed, "evidence/2"}, "a flipped bit": {middle, "evidence/1"},
		"a cut-off end": {sealed[:len(sealed)-1], "evidence/1"}, "the first piece alone": {sealed[:1<<20], "evidence/1"},
		"nothing": {nil, "evidence/1"}, "more": {append(bytes.Clone(sealed), 0), "evidence/1"},
	} {
		if _, err := openStream(s, c.sealed, c.associated); err == nil {
			t.Errorf("%s: opens", why)
		}
	}
}
