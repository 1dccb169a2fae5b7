package cloud

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/ontdox/takedown/internal/takedown"
)

// configure sets every variable that a deployment has.
func configure(t *testing.T) {
	t.Helper()
	for _, name := range Variables() {
		t.Setenv(name, "value-of-"+name)
	}
}

func TestConfigurationNamesEverythingThatIsMissing(t *testing.T) {
	configure(t)
	c, err := FromEnv()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range c.variables() {
		if *v.field != "value-of-"+v.name {
			t.Errorf("%s was read as %q", v.name, *v.field)
		}
	}
	t.Setenv("TAKEDOWN_TABLE", "")
	t.Setenv("TAKEDOWN_KMS_KEY", "")
	c, err = FromEnv()
	if err == nil || err.Error() != "set TAKEDOWN_TABLE, TAKEDOWN_KMS_KEY" {
		t.Errorf("got %v", err)
	}
	if c != (Config{}) {
		t.Errorf("half a configuration was given: %+v", c)
	}
}

func TestOpenNamesEachMissingAdapter(t *testing.T) {
	configure(t)
	c, err := FromEnv()
	if err != nil {
		t.Fatal(err)
	}
	service, err := Open(t.Context(), c)
	if service != nil || takedown.KindOf(err) != takedown.Unavailable {
		t.Fatalf("got %v, %v", service, err)
	}
	if len(MissingAdapters()) == 0 {
		t.Error("nothing is missing, and still it refuses")
	}
	for _, name := range MissingAdapters() {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q does not name %s", err, name)
		}
	}
}

// TestEveryFunctionRefusesByName calls functions the way the Lambda host does:
// through its own decoding and with its own idea of an error's type.
func TestEveryFunctionRefusesByName(t *testing.T) {
	configure(t)
	for _, name := range []string{"api", "triage", "plan-step", "send-document", "sweep"} {
		out, err := lambda.NewHandler(invoke(name)).Invoke(t.Context(), []byte(`{"v":1}`))
		var refusal messages.InvokeResponse_Error
		if len(out) != 0 || !errors.As(err, &refusal) {
			t.Fatalf("%s: got %s, %v", name, out, err)
		}
		if refusal.Type != takedown.NameUnavailable || !strings.Contains(refusal.Message, "store/dynamostore") {
			t.Errorf("%s: refused with %s: %s", name, refusal.Type, refusal.Message)
		}
	}
}

func TestAFunctionWithoutConfigurationSaysWhatToSet(t *testing.T) {
	configure(t)
	t.Setenv("TAKEDOWN_BUCKET", "")
	_, err := invoke("sweep")(context.Background(), []byte(`{"v":1}`))
	var refusal messages.InvokeResponse_Error
	if !errors.As(err, &refusal) || refusal.Type != takedown.NameInternal || refusal.Message != "set TAKEDOWN_BUCKET" {
		t.Errorf("got %v", err)
	}
}

func TestErrorsKeepTheirNamesAndTheirSecrets(t *testing.T) {
	cause := errors.New("Sealedstraat 1")
	for _, c := range []struct {
		err           error
		name, message string
	}{
		{takedown.Errorf(takedown.Unavailable, takedown.NameMailTemporary, "come back later"), "MailTemporary", "come back later"},
		{fmt.Errorf("around: %w", takedown.Errorf(takedown.Conflict, takedown.NameStaleInput, "it is over")), "StaleInput", "it is over"},
		{&takedown.Error{Kind: takedown.Unavailable, Message: "the disk is full", Err: cause}, "Unavailable", "the disk is full"},
		{cause, "Internal", "see the function's log"},
	} {
		if got := asLambda(c.err); got.Type != c.name || got.Message != c.message {
			t.Errorf("%v: got %s: %s", c.err, got.Type, got.Message)
		}
	}
}
