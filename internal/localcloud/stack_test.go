package localcloud

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/ontdox/takedown/internal/lambdahost"
	"github.com/ontdox/takedown/internal/skip"
	"github.com/ontdox/takedown/internal/witness"
)

const templateFile = "../../infra/template.yaml"

// parameters stand for what an organisation gives.
var parameters = map[string]string{
	"OidcIssuer": "https://login.example.nl", "OidcAudience": "takedown", "MailDomain": "meldpunt.example.nl", "AlarmMail": "desk@example.nl",
}

// services gives the endpoints that the environment names.
func services(t *testing.T) Services {
	t.Helper()
	on := Services{os.Getenv("TAKEDOWN_DYNAMODB_LOCAL"), os.Getenv("TAKEDOWN_LOCALSTACK"), os.Getenv("TAKEDOWN_MOTO")}
	if on.DynamoDB == "" || on.StepFunctions == "" || on.Moto == "" {
		skip.Now(t, "TAKEDOWN_DYNAMODB_LOCAL, TAKEDOWN_LOCALSTACK and TAKEDOWN_MOTO do not name services: takedown local-cloud services -- go test …")
	}
	return on
}

// theTemplate is infra/template.yaml, translated.
func theTemplate(t *testing.T) *Template {
	t.Helper()
	cache, err := witness.DefaultCache()
	if err == nil {
		err = cache.Install(t.Context(), witness.SAM)
	}
	if err != nil {
		t.Fatal(err)
	}
	tpl, err := Translate(t.Context(), cache.Path(witness.SAM, "bin", "python"), templateFile)
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

// stackName is a name that no other test has.
func stackName(t *testing.T) string {
	return "t" + strings.ToLower(strings.NewReplacer("/", "", "_", "").Replace(t.Name()))[4:10] + time.Now().Format("150405.000")[7:]
}

func TestTheTemplateIsMadeOnTheServices(t *testing.T) {
	on := services(t)
	ctx, tpl := t.Context(), theTemplate(t)
	s, err := NewStack(tpl, stackName(t), parameters)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Create(ctx, on); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Delete(context.WithoutCancel(ctx), on); err != nil {
			t.Error(err)
		}
	})
	c := on.clients()
	table := s.Ref("Table")
	if _, err := c.dynamo.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table}); err != nil {
		t.Error(err)
	}
	heads := s.Ref("Heads")
	if lock, err := c.s3.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: &heads}); err != nil || lock.ObjectLockConfiguration.ObjectLockEnabled != "Enabled" {
		t.Errorf("the heads are not locked: %v", err)
	}
	machine := s.Ref("TrackMachine")
	out, err := c.steps.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: &machine})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(*out.Definition, `"FunctionName": "`+s.Ref("PlanStep")+`"`) {
		t.Error("the definition does not call the stack's own function")
	}
	if err := s.CreateMachines(ctx, on); err != nil {
		t.Errorf("making what is there: %v", err)
	}
}

func TestFunctionsAreAsTheTemplateSays(t *testing.T) {
	services(t) // who has them has the translator
	s, err := NewStack(theTemplate(t), "desk", parameters)
	if err != nil {
		t.Fatal(err)
	}
	s.r.attrs["Key.Arn"], s.r.refs["Key"] = "arn:key", "key" // made by Create
	functions, err := s.Functions("/bin", func(string) map[string]string { return map[string]string{"EXTRA": "1"} })
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(functions, func(f lambdahost.Function) bool { return f.Name == s.Ref("SendDocument") })
	if i < 0 {
		t.Fatalf("no send-document among %d", len(functions))
	}
	f := functions[i]
	if f.Bootstrap != "/bin/send-document" || f.Timeout != 100*time.Second || f.MemoryMB != 256 || f.Env["TAKEDOWN_TABLE"] != s.Ref("Table") ||
		f.Env["TAKEDOWN_KMS_KEY"] != "arn:key" || f.Env["TAKEDOWN_TRACK_MACHINE"] != s.Ref("TrackMachine") || f.Env["EXTRA"] != "1" {
		t.Errorf("got %+v", f)
	}
	entries, err := os.ReadDir("../../functions")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !slices.ContainsFunc(functions, func(f lambdahost.Function) bool { return f.Bootstrap == "/bin/"+e.Name() }) {
			t.Errorf("functions/%s is no resource", e.Name())
		}
	}
	schedules, err := s.Schedules()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"Sweep", "SequenceHistory", "DispatchOutbox", "SendDigest"} {
		if !slices.ContainsFunc(schedules, func(c Schedule) bool {
			return c.Function == s.Ref(id) && c.Every > 0 && strings.Contains(c.Input, `"v"`)
		}) {
			t.Errorf("%s has no schedule among %+v", id, schedules)
		}
	}
}

func TestRates(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"rate(1 minute)": time.Minute, "rate(5 minutes)": 5 * time.Minute, "rate(2 hours)": 2 * time.Hour, "rate(1 day)": 24 * time.Hour,
		"cron(0 6 * * ? *)": 0, // at a time of day: nobody waits for it here
	} {
		if got, err := rateOf(in); got != want || err != nil {
			t.Errorf("%s: %v, %v", in, got, err)
		}
	}
	if _, err := rateOf("rate(0 minutes)"); err == nil {
		t.Error("a rate of nothing passes")
	}
}
