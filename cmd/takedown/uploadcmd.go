package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// maxUpload is the largest file that the API takes as evidence, in bytes.
const maxUpload = 50 << 20

// uploads says that the call names a file itself: case upload CASE FILE
// [mediaType=TYPE]. With -f it is the API's own call, and the bytes are sent by
// hand.
func (n *nounCmd) uploads(noun string) bool {
	return noun == "case" && n.Args[0] == "upload" && n.File == "" && len(n.Args) > 2
}

// upload announces a file, sends its bytes where the answer says, and prints that
// answer; its id is the uploadId of case evidence.
func (n *nounCmd) upload(ctx context.Context, term terminal) error {
	file, kind := n.Args[2], ""
	for _, a := range n.Args[3:] {
		name, value, ok := strings.Cut(a, "=")
		if !ok || name != "mediaType" {
			return usagef("case upload CASE FILE takes mediaType=TYPE and nothing else; %q is neither", a)
		}
		kind = value
	}
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return usagef("%v", err)
	case !info.Mode().IsRegular() || info.Size() < 1 || info.Size() > maxUpload:
		return usagef("%s must be a file of 1 to %d bytes", file, maxUpload)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if kind == "" {
		if kind, _, _ = strings.Cut(mime.TypeByExtension(strings.ToLower(filepath.Ext(file))), ";"); kind == "" {
			return usagef("what %s is does not show in its name: give mediaType=image/png or the like", file)
		}
	}
	return n.announce(ctx, term, content, kind)
}

func (n *nounCmd) announce(ctx context.Context, term terminal, content []byte, kind string) error {
	api, err := n.client()
	if err != nil {
		return err
	}
	path, err := fill("/v1/cases/{case}/evidence/uploads", n.Args[1:2])
	if err != nil {
		return usagef("case upload: %v", err)
	}
	sum := sha256.Sum256(content)
	body, err := json.Marshal(map[string]any{"sha256": hex.EncodeToString(sum[:]), "size": len(content), "mediaType": kind})
	if err != nil {
		return err
	}
	a, err := api.do(ctx, request{method: http.MethodPost, path: path, body: body, key: n.Key})
	if err != nil {
		return err
	}
	var to struct {
		URL     string            `json:"uploadUrl"`
		Headers map[string]string `json:"uploadHeaders"`
	}
	if err := json.Unmarshal(a.body, &to); err != nil {
		return err
	}
	if strings.HasPrefix(to.URL, "/") {
		to.URL = api.server + to.URL
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, to.URL, bytes.NewReader(content))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	for name, value := range to.Headers {
		req.Header.Set(name, value)
	}
	if _, err := api.send(req); err != nil { // without the token: the URL is the right
		return err
	}
	return printJSON(term.out, a.body)
}
