package cloudcheck

import (
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sesv2"

	"github.com/ontdox/takedown/internal/skip"
)

// TestOnMoto asks a server that is not ours what it plays: CloudFormation,
// SES's identities and receipt rules, SNS. It plays neither SES's account nor
// Lambda's: those answers are known from their documentation alone.
func TestOnMoto(t *testing.T) {
	moto := os.Getenv("TAKEDOWN_MOTO")
	if moto == "" {
		skip.Now(t, "TAKEDOWN_MOTO names no server")
	}
	w := newWorld(t)
	cfg := w.config("the-token")
	name := "doctor-" + strings.ToLower(rand.Text()[:10]) // the server may have seen this test before
	cfg.AWS.BaseEndpoint, cfg.Stack = &moto, name
	d := &deployment{Config: cfg}
	ask := func(to service, action string, parameters url.Values) string {
		t.Helper()
		var a struct {
			Inner string `xml:",innerxml"`
		}
		if err := d.query(t.Context(), to, action, parameters, &a); err != nil {
			t.Fatal(err)
		}
		return a.Inner
	}
	_, topic, _ := strings.Cut(ask(notifications, "CreateTopic", url.Values{"Name": {name}}), "<TopicArn>")
	topic, _, _ = strings.Cut(topic, "<")
	ask(notifications, "Subscribe", url.Values{"TopicArn": {topic}, "Protocol": {"email"}, "Endpoint": {"beheer@example.nl"}})
	domain := name + ".example.nl"
	if _, err := sesv2.NewFromConfig(cfg.AWS).CreateEmailIdentity(t.Context(), &sesv2.CreateEmailIdentityInput{EmailIdentity: &domain}); err != nil {
		t.Fatal(err)
	}
	ask(mailReceipt, "CreateReceiptRuleSet", url.Values{"RuleSetName": {name}})
	ask(mailReceipt, "SetActiveReceiptRuleSet", url.Values{"RuleSetName": {name}})
	ask(cloudFormation, "CreateStack", url.Values{
		"StackName": {cfg.Stack}, "TemplateBody": {`{"Parameters":{"MailDomain":{"Type":"String"},"ReplyDomain":{"Type":"String"},"Topic":{"Type":"String"}},
			"Resources":{"Queue":{"Type":"AWS::SQS::Queue"}},
			"Outputs":{"AlarmTopic":{"Value":{"Ref":"Topic"}},"ReceiptRuleSet":{"Value":"` + name + `"}}}`},
		"Parameters.member.1.ParameterKey": {"MailDomain"}, "Parameters.member.1.ParameterValue": {domain},
		"Parameters.member.2.ParameterKey": {"Topic"}, "Parameters.member.2.ParameterValue": {topic},
		"Parameters.member.3.ParameterKey": {"ReplyDomain"}, "Parameters.member.3.ParameterValue": {"antwoord.example.nl"},
	})

	got := map[string]Finding{}
	for _, f := range Look(t.Context(), cfg) {
		got[f.Name] = f
	}
	for name, want := range map[string]struct {
		state State
		says  string
	}{
		"stack":            {Good, "CREATE_COMPLETE"},
		"mail domain":      {Bad, domain + ": SES has not verified it"},
		"reply domain":     {Good, "antwoord.example.nl"},
		"receipt rule set": {Good, name + " is active"},
		"alarm address":    {Good, "confirmed"},
	} {
		if f := got[name]; f.State != want.state || !strings.Contains(f.Detail, want.says) {
			t.Errorf("%s: %s, %q; want %s and %q", name, f.State, f.Detail, want.state, want.says)
		}
	}

	cfg.Stack = "takedown-nowhere"
	if f := Look(t.Context(), cfg)[0]; f.State != Unknown || !strings.Contains(f.Detail, "does not exist") {
		t.Errorf("a stack that is not there: %s, %s", f.State, f.Detail)
	}
}
