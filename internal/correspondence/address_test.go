package correspondence

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func addresses(t testing.TB, fill byte) *Addresses {
	t.Helper()
	a, err := NewAddresses(bytes.Repeat([]byte{fill}, 32), "desk", "desk.example.nl")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAReplyAddressNamesItsDispatchAndNoOther(t *testing.T) {
	a := addresses(t, 1)
	address, err := a.Sign("d-0001")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{address, strings.ToUpper(address)} {
		if id, err := a.Verify(s); id != "d-0001" || err != nil {
			t.Errorf("Verify(%q) = %q, %v", s, id, err)
		}
	}
	other := strings.Replace(address, "d-0001", "d-0002", 1)
	if _, err := a.Verify(other); !errors.Is(err, ErrForged) {
		t.Errorf("another dispatch: %v", err)
	}
	if _, err := addresses(t, 2).Verify(address); !errors.Is(err, ErrForged) {
		t.Errorf("another key: %v", err)
	}
}

func TestWhatIsNoReplyAddressIsSaidToBeNone(t *testing.T) {
	a := addresses(t, 1)
	for _, s := range []string{
		"", "@", "desk@desk.example.nl", "desk+@desk.example.nl", "desk+x.@desk.example.nl",
		"desk+x.y@desk.example.nl", "desk+.aaaaaaaaaaaaaaaa@desk.example.nl", "desk+x.aaaaaaaaaaaaaaaa@other.example",
	} {
		if _, err := a.Verify(s); !errors.Is(err, ErrNotOurs) {
			t.Errorf("Verify(%q): %v", s, err)
		}
	}
}

func TestSignAndNewAddressesNameTheBadField(t *testing.T) {
	for _, id := range []string{"", "D1", "a.b", "a b", strings.Repeat("a", 60)} {
		if got, err := addresses(t, 1).Sign(id); err == nil || !strings.HasPrefix(err.Error(), "dispatch:") {
			t.Errorf("Sign(%q) = %q, %v", id, got, err)
		}
	}
	key := make([]byte, 32)
	for want, build := range map[string]func() (*Addresses, error){
		"key:":    func() (*Addresses, error) { return NewAddresses(key[:31], "a", "b") },
		"prefix:": func() (*Addresses, error) { return NewAddresses(key, "a+b", "b") },
		"domain:": func() (*Addresses, error) { return NewAddresses(key, "a", "") },
	} {
		if _, err := build(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s %v", want, err)
		}
	}
}
