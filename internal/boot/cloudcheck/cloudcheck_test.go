package cloudcheck

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// world answers for AWS, the issuer and the API of a deployment. Answers are
// by action, or by method and path, and "STATUS BODY".
type world struct {
	t       *testing.T
	server  *httptest.Server
	answers map[string]string
	txt     map[string][]string
	mx      map[string][]*net.MX
	asked   []string
}

const describeStacks = `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>
<StackName>takedown</StackName><StackStatus>CREATE_COMPLETE</StackStatus>
<Parameters>
 <member><ParameterKey>MailDomain</ParameterKey><ParameterValue>meldpunt.example.nl</ParameterValue></member>
 <member><ParameterKey>StaffDomain</ParameterKey><ParameterValue>example.nl</ParameterValue></member>
 <member><ParameterKey>ReplyDomain</ParameterKey><ParameterValue>antwoord.example.nl</ParameterValue></member>
 <member><ParameterKey>OidcIssuer</ParameterKey><ParameterValue>SERVER/realm</ParameterValue></member>
 <member><ParameterKey>OidcRoleClaim</ParameterKey><ParameterValue>roles</ParameterValue></member>
</Parameters>
<Outputs>
 <member><OutputKey>ApiUrl</OutputKey><OutputValue>SERVER</OutputValue></member>
 <member><OutputKey>AlarmTopic</OutputKey><OutputValue>arn:aws:sns:eu-west-1:000000000000:alarms</OutputValue></member>
 <member><OutputKey>ReceiptRuleSet</OutputKey><OutputValue>takedown</OutputValue></member>
</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`

const identity = `{"VerifiedForSendingStatus":true,"DkimAttributes":{"Status":"SUCCESS"},"MailFromAttributes":{"MailFromDomainStatus":"SUCCESS","MailFromDomain":"bounce.meldpunt.example.nl","BehaviorOnMxFailure":"REJECT_MESSAGE"}}`

func newWorld(t *testing.T) *world {
	w := &world{t: t, answers: map[string]string{
		"DescribeStacks": "200 " + describeStacks,
		"GET /v2/email/identities/meldpunt.example.nl": "200 " + identity,
		"GET /v2/email/account":                        `200 {"ProductionAccessEnabled":true,"SendingEnabled":true,"EnforcementStatus":"HEALTHY","SendQuota":{"Max24HourSend":50000,"MaxSendRate":14}}`,
		"DescribeActiveReceiptRuleSet":                 `200 <R><DescribeActiveReceiptRuleSetResult><Metadata><Name>takedown</Name></Metadata></DescribeActiveReceiptRuleSetResult></R>`,
		"ListSubscriptionsByTopic":                     `200 <R><ListSubscriptionsByTopicResult><Subscriptions><member><Protocol>email</Protocol><SubscriptionArn>arn:aws:sns:eu-west-1:000000000000:alarms:1</SubscriptionArn></member></Subscriptions></ListSubscriptionsByTopicResult></R>`,
		"GET /realm/.well-known/openid-configuration":  `200 {"issuer":"SERVER/realm","jwks_uri":"SERVER/realm/keys"}`,
		"GET /healthz":                                 `200 {"status":"ok"}`,
		"GET /v1/settings":                             `200 {"organisation":{"name":"Praktijk Voorbeeld"},"digest":{"people":[{"address":"anna@example.nl"}]}}`,
		"GET /v1/worklist":                             `200 {"items":[]}`,
		"GET /2016-08-19/account-settings":             `200 {"AccountLimit":{"ConcurrentExecutions":1000}}`,
		"ListServiceQuotas":                            `200 {"Quotas":[{"QuotaName":"Open Map Runs","Value":1000},{"QuotaName":"Open executions","Value":1000000}]}`,
	}}
	w.txt = map[string][]string{"_dmarc.meldpunt.example.nl": {"unrelated", "v=DMARC1; p=reject"}}
	w.mx = map[string][]*net.MX{"antwoord.example.nl": {{Host: "inbound-smtp.eu-west-1.amazonaws.com.", Pref: 10}}}
	w.server = httptest.NewServer(w)
	t.Cleanup(w.server.Close)
	return w
}

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	key := r.Method + " " + strings.TrimSuffix(r.URL.Path, "/")
	if action := r.FormValue("Action"); action != "" {
		key = action
	}
	if _, action, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		key = action
	}
	w.asked = append(w.asked, key)
	ours := key == "GET /v1/settings" || key == "GET /v1/worklist"
	aws := !strings.HasPrefix(key, "GET /realm") && key != "GET /healthz" && !ours
	if got := r.Header.Get("Authorization"); aws && !strings.HasPrefix(got, "AWS4-HMAC-SHA256 Credential=none/") {
		w.t.Errorf("%s was signed with %q", key, got)
	}
	if got := r.Header.Get("Authorization"); ours && got != "Bearer the-token" {
		w.t.Errorf("%s came with %q", key, got)
	}
	if key == "GET /v1/worklist" && r.URL.Query().Get("role") != "coordinator" {
		w.t.Errorf("asked for the worklist %q", r.URL.RawQuery)
	}
	var status int
	if _, err := fmt.Sscan(w.answers[key], &status); err != nil {
		http.NotFound(rw, r)
		return
	}
	rw.WriteHeader(status)
	fmt.Fprint(rw, strings.ReplaceAll(w.answers[key][4:], "SERVER", w.server.URL))
}

func (w *world) LookupTXT(_ context.Context, name string) ([]string, error) {
	if records, ok := w.txt[name]; ok {
		return records, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (w *world) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	if records, ok := w.mx[name]; ok {
		return records, nil
	}
	return nil, &net.DNSError{Err: "the server does not answer", Name: name, IsTimeout: true}
}

func (w *world) look(token string) map[string]Finding {
	w.t.Helper()
	out := map[string]Finding{}
	for _, f := range Look(w.t.Context(), w.config(token)) {
		out[f.Name] = f
	}
	return out
}

func (w *world) config(token string) Config {
	return Config{
		AWS:   aws.Config{Region: "eu-west-1", BaseEndpoint: &w.server.URL, Credentials: credentials.NewStaticCredentialsProvider("none", "none", ""), RetryMaxAttempts: 1},
		Stack: "takedown", Token: token, HTTP: w.server.Client(), DNS: w, Now: time.Now,
	}
}

func TestAWholeDeploymentIsFoundWhole(t *testing.T) {
	for i, f := range Look(t.Context(), newWorld(t).config("the-token")) {
		if f.State != Good || f.No != i+1 || f.Detail == "" {
			t.Errorf("%d %s: %s, %s", f.No, f.Name, f.State, f.Detail)
		}
	}
}

// TestEachPointIsFoundAndSaysWhatToDo changes one thing of a whole deployment
// at a time; every other point must stay as it is.
func TestEachPointIsFoundAndSaysWhatToDo(t *testing.T) {
	stack := func(old, now string) func(*world) {
		return func(w *world) {
			w.answers["DescribeStacks"] = strings.Replace(w.answers["DescribeStacks"], old, now, 1)
		}
	}
	account := func(quota string) func(*world) {
		return func(w *world) {
			w.answers["GET /v2/email/account"] = `200 {"ProductionAccessEnabled":true,"SendingEnabled":true,"SendQuota":{` + quota + `}}`
		}
	}
	answer := func(key, text string) func(*world) { return func(w *world) { w.answers[key] = text } }
	for _, c := range []struct {
		name  string
		spoil func(*world)
		state State
		says  string
	}{
		{"stack", stack("CREATE_COMPLETE", "UPDATE_ROLLBACK_FAILED"), Bad, "UPDATE_ROLLBACK_FAILED"},
		{"stack", stack("CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"), Bad, "the last deploy failed and was taken back"},
		{"mail domain", answer("GET /v2/email/identities/meldpunt.example.nl", `200 {"VerifiedForSendingStatus":false}`), Bad, "DkimRecord1"},
		{"mail domain", answer("GET /v2/email/identities/meldpunt.example.nl", `404 {}`), Unknown, "404"},
		{"DMARC", func(w *world) { delete(w.txt, "_dmarc.meldpunt.example.nl") }, Bad, "_dmarc.meldpunt.example.nl"},
		{"SES production access", answer("GET /v2/email/account", `200 {"SendingEnabled":true}`), Bad, "sandbox"},
		{"SES production access", answer("GET /v2/email/account", `200 {"ProductionAccessEnabled":true,"EnforcementStatus":"SHUTDOWN"}`), Bad, "SHUTDOWN"},
		{"SES production access", account(`"Max24HourSend":200,"MaxSendRate":14`), Bad, "200 mails a day and 14 a second: ask for 1000 a day and 2 a second or more"},
		{"SES production access", account(`"Max24HourSend":50000,"MaxSendRate":1`), Bad, "1 a second"},
		{"SES production access", account(`"Max24HourSend":50000,"MaxSendRate":14,"SentLast24Hours":45000`), Bad, "45000 of 50000 mails a day are used"},
		{"SES production access", account(`"Max24HourSend":-1,"MaxSendRate":14,"SentLast24Hours":45000`), Good, "any number of mails a day"},
		{"SES production access", answer("GET /v2/email/account", `200 {"ProductionAccessEnabled":true,"SendingEnabled":true}`), Unknown, "names no quota"},
		{"reply domain", func(w *world) { w.mx["antwoord.example.nl"] = []*net.MX{{Host: "mx.example.nl."}} }, Bad, "10 inbound-smtp.eu-west-1.amazonaws.com"},
		{"reply domain", func(w *world) { delete(w.mx, "antwoord.example.nl") }, Unknown, "does not answer"},
		{"receipt rule set", answer("DescribeActiveReceiptRuleSet", `200 <R><DescribeActiveReceiptRuleSetResult/></R>`), Bad, "set-active-receipt-rule-set --rule-set-name takedown"},
		{"receipt rule set", answer("DescribeActiveReceiptRuleSet", `200 <R><DescribeActiveReceiptRuleSetResult><Metadata><Name>other</Name></Metadata></DescribeActiveReceiptRuleSetResult></R>`), Bad, "other is active"},
		{"receipt rule set", answer("DescribeActiveReceiptRuleSet", `403 <R><Error><Code>AccessDenied</Code><Message>not yours</Message></Error></R>`), Unknown, "AccessDenied: not yours"},
		{"alarm address", answer("ListSubscriptionsByTopic", `200 <R><ListSubscriptionsByTopicResult><Subscriptions><member><Protocol>email</Protocol><SubscriptionArn>PendingConfirmation</SubscriptionArn></member></Subscriptions></ListSubscriptionsByTopicResult></R>`), Bad, "confirm"},
		{"OIDC issuer", answer("GET /realm/.well-known/openid-configuration", `404 gone`), Bad, "404"},
		{"OIDC issuer", answer("GET /realm/.well-known/openid-configuration", `200 {"issuer":"https://other.example.nl","jwks_uri":"x"}`), Bad, "https://other.example.nl"},
		{"API", answer("GET /healthz", `503 {}`), Bad, "503"},
		{"first administrator", answer("GET /v1/worklist", `401 {}`), Bad, "refused"},
		{"first administrator", answer("GET /v1/worklist", `403 {}`), Bad, "roles must list coordinator"}, // an auditor still reads the settings
		{"first administrator", answer("GET /v1/worklist", `500 {}`), Unknown, "500"},
		{"first administrator", answer("GET /v1/settings", `200 {"organisation":{}}`), Bad, "settings"},
		{"first administrator", answer("GET /v1/settings", `500 {}`), Unknown, "500"},
		{"first administrator", answer("GET /v1/settings", `200 {"organisation":{"name":"x"},"digest":{"people":[{"address":"anna@example.nl"},{"address":"bas@sub.example.nl"}]}}`), Bad, "digest 2 of the settings goes elsewhere than to example.nl"},
		{"first administrator", stack("<ParameterValue>example.nl<", "<ParameterValue><"), Bad, "elsewhere than to meldpunt.example.nl"},
		{"quotas", answer("GET /2016-08-19/account-settings", `200 {"AccountLimit":{"ConcurrentExecutions":10}}`), Bad, "10 functions"},
		{"quotas", answer("ListServiceQuotas", `200 {"Quotas":[{"QuotaName":"Open executions","Value":1000}]}`), Bad, "1000 executions may be open"},
		{"quotas", answer("ListServiceQuotas", `200 {"Quotas":[{"QuotaName":"Open Map Runs","Value":1000}]}`), Good, "1,000,000"},
		{"quotas", answer("ListServiceQuotas", `400 {"__type":"AccessDeniedException","message":"not yours"}`), Unknown, "AccessDeniedException: not yours"},
		{"quotas", answer("ListServiceQuotas", `200 {"NextToken":"again"}`), Unknown, "no end"},
	} {
		w := newWorld(t)
		c.spoil(w)
		for name, f := range w.look("the-token") {
			if name != c.name && f.State != Good {
				t.Errorf("%s spoilt: %s is %s, %s", c.name, name, f.State, f.Detail)
			}
			if name == c.name && (f.State != c.state || !strings.Contains(f.Detail, c.says)) {
				t.Errorf("%s: %s, %q; want %s and %q", name, f.State, f.Detail, c.state, c.says)
			}
		}
	}
}

func TestWithoutAStackNothingIsKnown(t *testing.T) {
	w := newWorld(t)
	w.answers["DescribeStacks"] = `400 <R><Error><Code>ValidationError</Code><Message>Stack with id takedown does not exist</Message></Error></R>`
	for name, f := range w.look("the-token") {
		if f.State != Unknown || name == "stack" && !strings.Contains(f.Detail, "does not exist") {
			t.Errorf("%s: %s, %s", name, f.State, f.Detail)
		}
	}
	if len(w.asked) != 1 {
		t.Errorf("asked %q, though nothing says where", w.asked)
	}
}

// TestWithoutATokenOrAReplyDomain: nobody is asked for what is not wanted.
func TestWithoutATokenOrAReplyDomain(t *testing.T) {
	w := newWorld(t)
	w.answers["DescribeStacks"] = strings.Replace(w.answers["DescribeStacks"], "antwoord.example.nl", "", 1)
	delete(w.mx, "antwoord.example.nl")
	got := w.look("")
	if f := got["first administrator"]; f.State != Unknown || !strings.Contains(f.Detail, "TAKEDOWN_TOKEN") {
		t.Errorf("without a token: %+v", f)
	}
	for _, name := range []string{"reply domain", "receipt rule set"} {
		if f := got[name]; f.State != Good || !strings.Contains(f.Detail, "by hand") {
			t.Errorf("without a reply domain: %+v", f)
		}
	}
}

// TestNobodyAnswers: a dead network is no finding about the deployment.
func TestNobodyAnswers(t *testing.T) {
	w := newWorld(t)
	cfg := w.config("the-token")
	cfg.HTTP = &http.Client{Transport: failing{}}
	for _, f := range Look(t.Context(), cfg) {
		if f.State != Unknown {
			t.Errorf("%s: %s, %s", f.Name, f.State, f.Detail)
		}
	}
}

type failing struct{}

func (failing) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("no route to host")
}

// TestTheListOfTheDocumentationIsThis: docs/operations.md numbers the same
// points in the same words.
func TestTheListOfTheDocumentationIsThis(t *testing.T) {
	text, err := os.ReadFile("../../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range Names() {
		if line := fmt.Sprintf("\n%d. **%s**", i+1, name); !strings.Contains(string(text), line) {
			t.Errorf("docs/operations.md has no line %q", strings.TrimSpace(line))
		}
	}
	if more := fmt.Sprintf("\n%d. **", len(Names())+1); strings.Contains(string(text), more) {
		t.Errorf("docs/operations.md has a point %d, which is not looked at", len(Names())+1)
	}
}
