package smtpmail

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/ontdox/takedown/internal/casework"
)

// minRSABits is what signers should use (RFC 8301 §3.2).
const minRSABits = 2048

// ParseKey reads a key for DKIM signatures: PEM with PKCS #8 or PKCS #1, RSA of
// at least 2048 bits or Ed25519. Invalid says what is wrong with it.
func ParseKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, refuse("the DKIM key is not PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		if key, err = x509.ParsePKCS1PrivateKey(block.Bytes); err != nil {
			return nil, refuse("the DKIM key is no private key in PKCS #8 or PKCS #1") // err may quote it
		}
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if k.N.BitLen() < minRSABits {
			return nil, refuse("the DKIM key is shorter than 2048 bits")
		}
		return k, nil
	case ed25519.PrivateKey:
		return k, nil
	}
	return nil, refuse("the DKIM key is neither RSA nor Ed25519")
}

// signedFields are the fields that a signature covers (RFC 6376 §5.4.1), as far
// as a mail has them. Mail systems on the way leave them alone.
var signedFields = []string{
	"From", "Reply-To", "To", "Cc", "Subject", "Date", "Message-Id", "Mime-Version", "Content-Type", "Content-Transfer-Encoding",
	"Auto-Submitted", "X-Takedown-Ref",
}

// Signs says that this mailer has a key for DKIM signatures.
func (m *Mailer) Signs() bool { return m.opt.Key != nil }

// sign puts a DKIM signature (RFC 6376) before a composed mail whose message
// asks for one.
func (m *Mailer) sign(raw []byte, msg casework.Message) ([]byte, error) {
	if msg.SignDomain == "" {
		return raw, nil
	}
	if m.opt.Key == nil {
		return nil, refuse("the settings ask for a DKIM signature and there is no key")
	}
	var out bytes.Buffer
	err := dkim.Sign(&out, bytes.NewReader(raw), &dkim.SignOptions{
		Domain: msg.SignDomain, Selector: msg.SignSelector, Signer: m.opt.Key, Hash: crypto.SHA256, HeaderKeys: signedFields,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	return out.Bytes(), err
}
