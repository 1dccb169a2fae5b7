package cloudcheck

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// service is one that speaks AWS's Query protocol, or with JSON. A client of the
// SDK for each would be four modules for one call each.
type service struct{ host, signs, version string }

var (
	cloudFormation = service{"cloudformation", "cloudformation", "2010-05-15"}
	mailReceipt    = service{"email", "ses", "2010-12-01"}
	notifications  = service{"sns", "sns", "2010-03-31"}
	quotas         = service{"servicequotas", "servicequotas", "ServiceQuotasV20190624"}
)

// maxAnswer bounds an answer that is read.
const maxAnswer = 1 << 20

// query calls an action and reads its answer into out, by element names.
func (d *deployment) query(ctx context.Context, to service, action string, parameters url.Values, out any) error {
	form := url.Values{"Action": {action}, "Version": {to.version}}
	for name, values := range parameters {
		form[name] = values
	}
	body := form.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.endpoint(to), strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	if err := d.sign(ctx, req, body, to.signs); err != nil {
		return err
	}
	answer, err := d.answer(req)
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return xml.Unmarshal(answer, out)
}

// endpoint is where a service answers in the deployment's region.
func (d *deployment) endpoint(to service) string {
	if d.AWS.BaseEndpoint != nil {
		return *d.AWS.BaseEndpoint
	}
	return "https://" + to.host + "." + d.AWS.Region + ".amazonaws.com/"
}

func (d *deployment) sign(ctx context.Context, req *http.Request, body, name string) error {
	who, err := d.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(body))
	return v4.NewSigner().SignHTTP(ctx, who, req, hex.EncodeToString(sum[:]), name, d.AWS.Region, d.Now())
}

// answer is the body of a good answer; a bad one is an error with AWS's own
// code and sentence.
func (d *deployment) answer(req *http.Request) ([]byte, error) {
	res, err := d.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if cerr := res.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	if res.StatusCode == http.StatusOK {
		return body, nil
	}
	var failed struct {
		Error struct{ Code, Message string }
	}
	if xml.Unmarshal(body, &failed) == nil && failed.Error.Code != "" {
		return nil, fmt.Errorf("%s: %s", failed.Error.Code, failed.Error.Message)
	}
	var told struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &told) != nil || told.Type == "" {
		return nil, fmt.Errorf("HTTP status %d", res.StatusCode)
	}
	return nil, fmt.Errorf("%s: %s", told.Type, told.Message)
}
