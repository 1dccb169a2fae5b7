package sesmail_test

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/mailtest"
	"github.com/ontdox/takedown/internal/mail/sesmail"
	"github.com/ontdox/takedown/internal/skip"
	"github.com/ontdox/takedown/internal/takedown"
)

const configurationSet = "takedown-mail"

func at(endpoint string) aws.Config {
	return aws.Config{Region: "eu-west-1", BaseEndpoint: aws.String(endpoint), Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
}

func moto(t *testing.T) string {
	t.Helper()
	endpoint := os.Getenv("TAKEDOWN_MOTO")
	if endpoint == "" {
		skip.Now(t, "TAKEDOWN_MOTO is not set: no such service runs")
	}
	return endpoint
}

func mailer(t *testing.T, cfg aws.Config, change ...func(*sesmail.Options)) *sesmail.Mailer {
	t.Helper()
	opt := sesmail.Options{Configuration: configurationSet, HostNow: func() time.Time { return mailtest.At }}
	for _, f := range change {
		f(&opt)
	}
	m, err := sesmail.New(cfg, opt)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestSuite: moto keeps what it took, over the whole run.
func TestSuite(t *testing.T) {
	endpoint := moto(t)
	before := 0
	mailtest.Run(t, mailtest.Adapter{
		OwnIDs: true,
		New: func(t *testing.T) casework.Mailer {
			verify(t, at(endpoint), "care.example")
			before = len(taken(t, endpoint))
			return mailer(t, at(endpoint))
		},
		Arrived: func(t *testing.T) []mailtest.Arrived { return taken(t, endpoint)[before:] },
	})
}

// verify lets a domain send, once.
func verify(t *testing.T, cfg aws.Config, domain string) {
	t.Helper()
	client := sesv2.NewFromConfig(cfg)
	if _, err := client.GetEmailIdentity(t.Context(), &sesv2.GetEmailIdentityInput{EmailIdentity: &domain}); err == nil {
		return
	}
	if _, err := client.CreateEmailIdentity(t.Context(), &sesv2.CreateEmailIdentityInput{EmailIdentity: &domain}); err != nil {
		t.Fatal(err)
	}
}

// taken is every raw message that moto took, as it shows them itself.
func taken(t *testing.T, endpoint string) (all []mailtest.Arrived) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, endpoint+"/moto-api/data.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
	}()
	var data struct {
		SES struct {
			RawMessage []struct {
				Source       string   `json:"source"`
				Destinations []string `json:"destinations"`
				Raw          string   `json:"raw_data"`
			}
		} `json:"ses"`
	}
	if err := json.NewDecoder(res.Body).Decode(&data); err != nil {
		t.Fatal(err)
	}
	for _, m := range data.SES.RawMessage {
		// moto adds the headers' addresses, with their names, to the envelope's.
		to := slices.DeleteFunc(m.Destinations, func(a string) bool { return strings.ContainsAny(a, "<>") })
		all = append(all, mailtest.Arrived{From: m.Source, To: to, Raw: []byte(m.Raw)})
	}
	return all
}

func message() casework.Message {
	return casework.Message{
		ID: "doc_01.1@care.example", From: casework.Address{Email: "notices@care.example"}, To: []casework.Address{{Email: "abuse@hoster.example"}},
		Subject: "Kennisgeving", Text: "Geachte heer, mevrouw,\n", Reference: "TD-2027-0001ABCD", Dispatch: "dispatch_01_1", Date: mailtest.At,
	}
}

func send(t *testing.T, m *sesmail.Mailer) casework.MailResult {
	t.Helper()
	res, err := m.Send(t.Context(), message())
	if err != nil {
		t.Fatal(err)
	}
	if res.Reply == "" || strings.Contains(res.Reply, "@") {
		t.Errorf("the reply %q is empty or names somebody", res.Reply)
	}
	return res
}

// TestAnUnverifiedSenderIsRefusedForGood: as the service says it, without the
// address that it quotes.
func TestAnUnverifiedSenderIsRefusedForGood(t *testing.T) {
	m := mailer(t, at(moto(t)))
	msg := message()
	msg.From.Email = "notices@unverified.example"
	res, err := m.Send(t.Context(), msg)
	if err != nil || res.Outcome != casework.MailPermanent || res.MessageID != "" {
		t.Fatalf("%s (%s) as %s, %v", res.Outcome, res.Reply, res.MessageID, err)
	}
	if want := regexp.MustCompile(`^SES: 400 MessageRejected(, request [A-Za-z0-9-]+)?$`); !want.MatchString(res.Reply) {
		t.Errorf("reply %q", res.Reply)
	}
}

func TestOptions(t *testing.T) {
	for _, opt := range []sesmail.Options{{}, {Configuration: "x"}, {HostNow: time.Now}} {
		if _, err := sesmail.New(at("http://127.0.0.1:1"), opt); takedown.KindOf(err) != takedown.Invalid {
			t.Errorf("%+v: %v", opt, err)
		}
	}
}
