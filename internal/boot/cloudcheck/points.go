package cloudcheck

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	sestypes "github.com/aws/aws-sdk-go-v2/service/sesv2/types"
)

func lookStack(ctx context.Context, d *deployment) (State, string, error) {
	var a struct {
		Stacks []struct {
			StackStatus string
			Parameters  []struct{ ParameterKey, ParameterValue string } `xml:"Parameters>member"`
			Outputs     []struct{ OutputKey, OutputValue string }       `xml:"Outputs>member"`
		} `xml:"DescribeStacksResult>Stacks>member"`
	}
	if err := d.query(ctx, cloudFormation, "DescribeStacks", url.Values{"StackName": {d.Stack}}, &a); err != nil {
		return "", "", err
	}
	if len(a.Stacks) != 1 {
		return "", "", fmt.Errorf("%d stacks are named %s", len(a.Stacks), d.Stack)
	}
	d.parameters, d.outputs = map[string]string{}, map[string]string{}
	for _, p := range a.Stacks[0].Parameters {
		d.parameters[p.ParameterKey] = p.ParameterValue
	}
	for _, o := range a.Stacks[0].Outputs {
		d.outputs[o.OutputKey] = o.OutputValue
	}
	switch status := a.Stacks[0].StackStatus; status {
	case "CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE":
		return good("%s", status)
	case "UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE":
		return bad("it is %s: the last deploy failed and was taken back, so the former version runs; its events in CloudFormation say why", status)
	default:
		return bad("it is %s: look at its events in CloudFormation, then deploy again", status)
	}
}

func lookMailDomain(ctx context.Context, d *deployment) (State, string, error) {
	domain := d.parameters["MailDomain"]
	id, err := sesv2.NewFromConfig(d.AWS).GetEmailIdentity(ctx, &sesv2.GetEmailIdentityInput{EmailIdentity: &domain})
	if err != nil {
		return "", "", err
	}
	var missing []string
	if !id.VerifiedForSendingStatus {
		missing = append(missing, "SES has not verified it")
	}
	if k := id.DkimAttributes; k == nil || k.Status != sestypes.DkimStatusSuccess {
		missing = append(missing, "its three DKIM records are not seen (outputs DkimRecord1 to 3)")
	}
	if m := id.MailFromAttributes; m == nil || m.MailFromDomainStatus != sestypes.MailFromDomainStatusSuccess {
		missing = append(missing, "the MX and SPF records of bounce."+domain+" are not seen")
	}
	if len(missing) > 0 {
		return bad("%s: %s", domain, strings.Join(missing, "; "))
	}
	return good("%s is verified, with DKIM and its own bounce domain", domain)
}

func lookDMARC(ctx context.Context, d *deployment) (State, string, error) {
	name := "_dmarc." + d.parameters["MailDomain"]
	records, err := d.DNS.LookupTXT(ctx, name)
	var gone *net.DNSError
	if err != nil && (!errors.As(err, &gone) || !gone.IsNotFound) {
		return "", "", err
	}
	for _, r := range records {
		if strings.HasPrefix(strings.ToUpper(strings.ReplaceAll(r, " ", "")), "V=DMARC1;") {
			return good("%s", r)
		}
	}
	return bad("%s has no record such as v=DMARC1; p=reject; rua=mailto:…", name)
}

// receives says whether answers come in through SES at all.
func (d *deployment) receives() bool { return d.parameters["ReplyDomain"] != "" }

const byHand = "no ReplyDomain: answers come in elsewhere and are entered by hand"

func lookReplyDomain(ctx context.Context, d *deployment) (State, string, error) {
	if !d.receives() {
		return good("%s", byHand)
	}
	domain, want := d.parameters["ReplyDomain"], "inbound-smtp."+d.AWS.Region+".amazonaws.com"
	records, err := d.DNS.LookupMX(ctx, domain)
	var gone *net.DNSError
	if err != nil && (!errors.As(err, &gone) || !gone.IsNotFound) {
		return "", "", err
	}
	for _, mx := range records {
		if strings.EqualFold(strings.TrimSuffix(mx.Host, "."), want) {
			return good("%s leads to %s", domain, want)
		}
	}
	return bad("%s needs an MX record 10 %s", domain, want)
}

func lookReceiptRules(ctx context.Context, d *deployment) (State, string, error) {
	if !d.receives() {
		return good("%s", byHand)
	}
	var a struct {
		Name string `xml:"DescribeActiveReceiptRuleSetResult>Metadata>Name"`
	}
	if err := d.query(ctx, mailReceipt, "DescribeActiveReceiptRuleSet", nil, &a); err != nil {
		return "", "", err
	}
	switch want := d.outputs["ReceiptRuleSet"]; a.Name {
	case want:
		return good("%s is active", want)
	case "":
		return bad("none is active: aws ses set-active-receipt-rule-set --rule-set-name %s", want)
	default:
		return bad("%s is active; an account has one: move its rules over before activating %s", a.Name, want)
	}
}

func lookAlarmAddress(ctx context.Context, d *deployment) (State, string, error) {
	var a struct {
		Subscriptions []struct{ Protocol, SubscriptionArn string } `xml:"ListSubscriptionsByTopicResult>Subscriptions>member"`
	}
	if err := d.query(ctx, notifications, "ListSubscriptionsByTopic", url.Values{"TopicArn": {d.outputs["AlarmTopic"]}}, &a); err != nil {
		return "", "", err
	}
	for _, s := range a.Subscriptions {
		if s.Protocol == "email" && strings.HasPrefix(s.SubscriptionArn, "arn:") {
			return good("the address confirmed")
		}
	}
	return bad("nobody gets alarms: confirm the mail that SNS sent to the address in parameter AlarmMail")
}

func lookIssuer(ctx context.Context, d *deployment) (State, string, error) {
	issuer := d.parameters["OidcIssuer"]
	body, status, err := d.get(ctx, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration", "")
	if err != nil {
		return "", "", err
	}
	var a struct {
		Issuer string `json:"issuer"`
		JWKS   string `json:"jwks_uri"`
	}
	if status != http.StatusOK || json.Unmarshal(body, &a) != nil || a.JWKS == "" {
		return bad("%s answers no OpenID configuration (status %d)", issuer, status)
	}
	if a.Issuer != issuer {
		return bad("it calls itself %q: set OidcIssuer to that, exactly", a.Issuer)
	}
	return good("%s", issuer)
}

func lookAPI(ctx context.Context, d *deployment) (State, string, error) {
	_, status, err := d.get(ctx, d.outputs["ApiUrl"]+"/healthz", "")
	if err != nil {
		return "", "", err
	}
	if status != http.StatusOK {
		return bad("/healthz answers %d: the API function's log says why", status)
	}
	return good("%s", d.outputs["ApiUrl"])
}

func lookAdministrator(ctx context.Context, d *deployment) (State, string, error) {
	if d.Token == "" {
		return "", "", errors.New("give a coordinator's token in TAKEDOWN_TOKEN to find out")
	}
	// Many may read the settings; this worklist is a coordinator's alone.
	_, status, err := d.get(ctx, d.outputs["ApiUrl"]+"/v1/worklist?role=coordinator&limit=1", d.Token)
	switch {
	case err != nil:
		return "", "", err
	case status == http.StatusUnauthorized:
		return bad("the token is refused: issuer, audience or time do not agree")
	case status == http.StatusForbidden:
		return bad("the token is no coordinator's: its claim %s must list coordinator", d.parameters["OidcRoleClaim"])
	case status != http.StatusOK:
		return "", "", fmt.Errorf("/v1/worklist answers %d", status)
	}
	return d.lookSettings(ctx)
}

// lookSettings: they are filled in, and digests go where they may.
func (d *deployment) lookSettings(ctx context.Context) (State, string, error) {
	body, status, err := d.get(ctx, d.outputs["ApiUrl"]+"/v1/settings", d.Token)
	if err != nil {
		return "", "", err
	}
	var a struct {
		Organisation struct {
			Name string `json:"name"`
		} `json:"organisation"`
		Digest struct {
			People []struct {
				Address string `json:"address"`
			} `json:"people"`
		} `json:"digest"`
	}
	switch {
	case status != http.StatusOK:
		return "", "", fmt.Errorf("/v1/settings answers %d", status)
	case json.Unmarshal(body, &a) != nil || a.Organisation.Name == "":
		return bad("somebody comes in, but the organisation's settings are not filled in: nothing is sent without")
	}
	own := d.parameters["StaffDomain"]
	if own == "" {
		own = d.parameters["MailDomain"]
	}
	for n, p := range a.Digest.People {
		if _, domain, _ := strings.Cut(p.Address, "@"); !strings.EqualFold(domain, own) {
			return bad("digest %d of the settings goes elsewhere than to %s, where the role of send-digest lets none go: set the parameter StaffDomain", n+1, own)
		}
	}
	return good("the token is a coordinator's, and the settings are filled in")
}

// get reads a page, with a token if there is one.
func (d *deployment) get(ctx context.Context, address, token string) ([]byte, int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, 0, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := d.HTTP.Do(req)
	if err != nil {
		return nil, 0, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if cerr := res.Body.Close(); err == nil {
		err = cerr
	}
	return body, res.StatusCode, err
}
