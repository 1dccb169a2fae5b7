package correspondence

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
)

const (
	macBytes      = 10 // 80 bits: 16 characters of base32
	macChars      = 16
	minKeyBytes   = 32
	maxLocalBytes = 64 // RFC 5321 §4.5.3.1.1
)

var (
	// ErrNotOurs says that an address does not have the form of a reply address of this desk.
	ErrNotOurs = errors.New("address: not a reply address of this desk")
	// ErrForged says that an address has the form, but not the signature.
	ErrForged = errors.New("address: signature does not fit the dispatch")
)

var lower32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Addresses makes and checks the secret reply address of each dispatch:
// PREFIX+ID.MAC@DOMAIN. The signature carries no time, so an address stays
// valid for as long as the key does.
type Addresses struct {
	key            []byte
	prefix, domain string
}

// NewAddresses takes the key (at least 32 bytes), the local part before "+"
// and the domain of the desk's mailbox.
func NewAddresses(key []byte, prefix, domain string) (*Addresses, error) {
	switch {
	case len(key) < minKeyBytes:
		return nil, fmt.Errorf("key: %d bytes, needs %d", len(key), minKeyBytes)
	case prefix == "" || strings.ContainsAny(prefix, "+@ "):
		return nil, fmt.Errorf("prefix: %q is no local part without + and @", prefix)
	case domain == "" || strings.ContainsAny(domain, "@ "):
		return nil, fmt.Errorf("domain: %q is no domain", domain)
	}
	own := append([]byte(nil), key...)
	return &Addresses{key: own, prefix: strings.ToLower(prefix), domain: strings.ToLower(domain)}, nil
}

// Sign gives the reply address of a dispatch. Mail systems fold case, so the
// id must be lower case letters, digits and hyphens, and fit the local part.
func (a *Addresses) Sign(dispatch string) (string, error) {
	if !plainID(dispatch) {
		return "", fmt.Errorf("dispatch: %q has other than lower case letters, digits and hyphens", dispatch)
	}
	local := a.prefix + "+" + dispatch + "." + a.mac(dispatch)
	if len(local) > maxLocalBytes {
		return "", fmt.Errorf("dispatch: local part of %d bytes, at most %d", len(local), maxLocalBytes)
	}
	return local + "@" + a.domain, nil
}

// Verify gives the dispatch a reply address was signed for, or ErrNotOurs or
// ErrForged. Case does not count.
func (a *Addresses) Verify(address string) (string, error) {
	local, domain, ok := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	if !ok || domain != a.domain {
		return "", ErrNotOurs
	}
	token, ok := strings.CutPrefix(local, a.prefix+"+")
	if !ok {
		return "", ErrNotOurs
	}
	id, mac, ok := strings.Cut(token, ".")
	if !ok || !plainID(id) || len(mac) != macChars {
		return "", ErrNotOurs
	}
	if !hmac.Equal([]byte(mac), []byte(a.mac(id))) {
		return "", ErrForged
	}
	return id, nil
}

func (a *Addresses) mac(dispatch string) string {
	h := hmac.New(sha256.New, a.key)
	h.Write([]byte("takedown reply address\x00" + a.domain + "\x00" + dispatch))
	return lower32.EncodeToString(h.Sum(nil)[:macBytes])
}

func plainID(id string) bool {
	for _, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return id != ""
}
