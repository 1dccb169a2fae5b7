package smtpmail_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/smtpmail"
	"github.com/ontdox/takedown/internal/takedown"
)

// pemOf writes a key as it lies in a file.
func pemOf(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// keys are one of each sort, with the record that is published for it.
func keys(t *testing.T) map[string][2]any {
	t.Helper()
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, short, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&long.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][2]any{
		"rsa":     {long, "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)},
		"ed25519": {short, "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)},
	}
}

func verified(t *testing.T, raw []byte, record string) error {
	t.Helper()
	all, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if name != "key1._domainkey.care.example" {
			t.Errorf("asked for %s", name)
		}
		return []string{record}, nil
	}})
	if err != nil {
		return err
	}
	if len(all) != 1 || all[0].Domain != "care.example" {
		t.Fatalf("signatures: %+v", all)
	}
	return all[0].Err
}

func TestASignatureHoldsAsItArrives(t *testing.T) {
	for name, k := range keys(t) {
		signer, err := smtpmail.ParseKey(pemOf(t, k[0]))
		if err != nil {
			t.Fatal(err)
		}
		s := &server{}
		m := mailer(t, smtpmail.Options{URL: "smtp://" + s.start(t, nil, false), Key: signer})
		msg := message()
		msg.SignDomain, msg.SignSelector = "care.example", "key1"
		msg.Text += "Lange regel " + strings.Repeat("en nog meer ", 50) + "\n.\n"
		msg.Attachments = []casework.MailAttachment{{Name: "bijlage één.txt", MediaType: "text/plain", Content: []byte("é\n")}}
		if res := send(t, m, msg); res.Outcome != sent {
			t.Fatalf("%s: %s (%s)", name, res.Outcome, res.Reply)
		}
		if err := verified(t, s.body, k[1].(string)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for what, changed := range map[string][]byte{
			"subject": bytes.Replace(s.body, []byte("Subject: Kennisgeving"), []byte("Subject: Verzoek"), 1),
			"text":    bytes.Replace(s.body, []byte("Met punten"), []byte("Met komma's"), 1),
			"reply":   bytes.Replace(s.body, []byte("<notices@care.example>"), []byte("<x@else.example>"), 1),
		} {
			if bytes.Equal(changed, s.body) || verified(t, changed, k[1].(string)) == nil {
				t.Errorf("%s: with another %s the signature holds", name, what)
			}
		}
	}
}

func TestWithoutAKeyWhatMustBeSignedWaits(t *testing.T) {
	s := &server{}
	m := mailer(t, smtpmail.Options{URL: "smtp://" + s.start(t, nil, false)})
	msg := message()
	msg.SignDomain, msg.SignSelector = "care.example", "key1"
	if res := send(t, m, msg); res.Outcome != temporary || s.body != nil || m.Signs() {
		t.Errorf("%s (%s)", res.Outcome, res.Reply)
	}
}

func TestAKeyThatIsNoneIsRefused(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // a weak key is what is refused
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"empty": nil, "text": []byte("secret words"), "weak": pemOf(t, crypto.Signer(weak)), "curve": pemOf(t, curve),
		"torn": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("secret words")}),
	} {
		_, err := smtpmail.ParseKey(text)
		if takedown.KindOf(err) != takedown.Invalid || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	old := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(keys(t)["rsa"][0].(*rsa.PrivateKey))})
	if _, err := smtpmail.ParseKey(old); err != nil {
		t.Error(err)
	}
}
