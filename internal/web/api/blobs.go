package api

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// urlLife is how long a signed URL works: host time.
const urlLife = 5 * time.Minute

// grant is what a signed URL allows: one blob, one method.
type grant struct {
	Method   string `json:"m"`
	Upload   string `json:"u,omitempty"`
	Case     string `json:"c,omitempty"`
	Evidence string `json:"e,omitempty"`
	Document string `json:"d,omitempty"` // its bundle
	Until    int64  `json:"t"`
}

// signedURL makes a URL that carries its own proof.
func (a *API) signedURL(g grant) (string, error) {
	g.Until = a.cfg.HostNow().Add(urlLife).Unix()
	b, err := json.Marshal(g)
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	return "/v1/blobs/" + enc.EncodeToString(b) + "." + enc.EncodeToString(a.service.Keys.MAC("blob-url", b)), nil
}

// readGrant checks a signed URL; a bad, used-up or other one does not exist.
func (a *API) readGrant(r *http.Request) (grant, error) {
	var g grant
	none := takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "this address does not exist, or not any more")
	payload, mac, ok := strings.Cut(r.PathValue("grant"), ".")
	enc := base64.RawURLEncoding.Strict()
	b, err1 := enc.DecodeString(payload)
	sum, err2 := enc.DecodeString(mac)
	if !ok || err1 != nil || err2 != nil || !hmac.Equal(sum, a.service.Keys.MAC("blob-url", b)) {
		return g, none
	}
	if json.Unmarshal(b, &g) != nil || g.Method != r.Method || a.cfg.HostNow().Unix() > g.Until {
		return g, none
	}
	return g, nil
}

// putBlob takes the bytes of an announced upload.
func (a *API) putBlob(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	g, err := a.readGrant(r)
	if err == nil {
		err = a.service.ReceiveUpload(r.Context(), g.Upload, r.Body)
	}
	if err != nil {
		writeProblem(w, problem(a.fail(c, err), c.requestID))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// getBlob streams evidence or a bundle; that it was read stands in the history
// already.
func (a *API) getBlob(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	g, err := a.readGrant(r)
	var body io.ReadCloser
	mediaType, disposition := "", "attachment"
	switch {
	case err != nil:
	case g.Document != "":
		var b casework.Bundle
		body, b, err = a.service.OpenBundle(r.Context(), g.Document)
		mediaType, disposition = b.MediaType, `attachment; filename="`+b.Name+`"`
	default:
		body, mediaType, err = a.service.StreamEvidence(r.Context(), g.Case, g.Evidence)
	}
	if err != nil {
		writeProblem(w, problem(a.fail(c, err), c.requestID))
		return
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Disposition", disposition)
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, err = io.Copy(w, body)
	if cerr := body.Close(); err != nil || cerr != nil {
		a.log.Warn("a blob was not sent whole", "requestId", c.requestID)
	}
}
