package localcloud

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// played is a recorder before a service that answers every call alike, and
// what reached the service.
func played(t *testing.T, answered func(string, []byte, int)) (*recorder, string, *[]*http.Request) {
	t.Helper()
	var reached []*http.Request
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			t.Error(err)
		}
		reached = append(reached, r)
		w.WriteHeader(http.StatusTeapot)
	}))
	t.Cleanup(service.Close)
	rec, err := newRecorder(Services{service.URL, service.URL, service.URL}, http.NotFoundHandler(), answered)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(rec)
	t.Cleanup(front.Close)
	return rec, front.URL, &reached
}

func send(t *testing.T, method, url, function, service, target, body string, headers ...string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if function != "" {
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+function+"/20270322/eu-west-1/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	}
	if target != "" {
		req.Header.Set("X-Amz-Target", target)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

func TestCallsAreRecordedAsThePermissionsThatTheyNeed(t *testing.T) {
	rec, url, reached := played(t, func(string, []byte, int) {})
	dynamo := "DynamoDB_20120810."
	send(t, "POST", url, "PlanStep", "dynamodb", dynamo+"GetItem", `{"TableName":"desk-Table","Key":{"pk":{"S":"j#look/track_01H/0"},"sk":{"S":"job"}}}`)
	send(t, "POST", url, "PlanStep", "dynamodb", dynamo+"Query", `{"TableName":"desk-Table","IndexName":"due","ExpressionAttributeValues":{":pk":{"S":"due#wait"}}}`)
	send(t, "POST", url, "PlanStep", "dynamodb", dynamo+"Query", `{"TableName":"desk-Table","ExpressionAttributeValues":{":pk":{"S":"s#org/2027-03-22"}}}`)
	send(t, "POST", url, "PlanStep", "dynamodb", dynamo+"Query", `{"TableName":"desk-Table"}`)
	send(t, "POST", url, "PlanStep", "dynamodb", dynamo+"TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"desk-Table","Item":{"pk":{"S":"s#case_01H"}}}},
		{"ConditionCheck":{"TableName":"desk-Table","Key":{"pk":{"S":"era"}}}},{"Put":{"TableName":"desk-Table","Item":{"pk":{"S":"s#case_01J"}}}},{"Put":{"TableName":"desk-Table","Item":{"pk":{"S":"k#task#task_01H"}}}}]}`)
	send(t, "POST", url, "PlanStep", "dynamodb", dynamo+"BatchGetItem", `{"RequestItems":{"desk-Table":{"Keys":[{"pk":{"S":"f#what-a-person-chose_1"}},{"pk":{"S":"o#3"}}]}}}`)
	send(t, "POST", url, "Api", "kms", "TrentService.Decrypt", `{"KeyId":"arn:key","EncryptionContext":{"case":"look/track_01H/0"}}`)
	send(t, "POST", url, "Api", "kms", "TrentService.Decrypt", `{"KeyId":"arn:key","EncryptionContext":{"deployment":"keys"}}`)
	send(t, "POST", url, "Api", "kms", "TrentService.Decrypt", `{"KeyId":"arn:key"}`)
	send(t, "POST", url, "Api", "states", "AWSStepFunctions.SendTaskSuccess", `{"taskToken":"t"}`)
	send(t, "PUT", url+"/desk-heads/head-18446744073709551614", "Sweep", "s3", "", "x", "X-Amz-Object-Lock-Mode: GOVERNANCE")
	send(t, "GET", url+"/desk-heads/keys/deployment", "Sweep", "s3", "", "")
	send(t, "GET", url+"/desk-heads?list-type=2", "Sweep", "s3", "", "")
	send(t, "PUT", url+"/desk-blobs/a?X-Amz-Credential=Api%2F20270322%2Feu-west-1%2Fs3%2Faws4_request", "", "", "", "x")
	send(t, "PUT", url+"/desk-blobs/b", "Renew", "s3", "", "", "X-Amz-Copy-Source: desk-blobs/b")
	kinds := strings.NewReplacer("desk-Table", "Table", "desk-heads", "Heads", "desk-blobs", "Blobs", "arn:key", "Key")
	want := Calls{
		"plan-step": {
			"dynamodb:GetItem": {"Table j#look/"}, "dynamodb:Query": {"Table ?", "Table s#org/", "Table/index/due"},
			"dynamodb:PutItem": {"Table k#task#", "Table s#case_"}, "dynamodb:ConditionCheckItem": {"Table era"},
			"dynamodb:BatchGetItem": {"Table f#", "Table o#"},
		},
		"api":   {"kms:Decrypt": {"Key ?", "Key case=look/", "Key deployment=keys"}, "states:SendTaskSuccess": {""}, "s3:PutObject": {"Blobs/*"}},
		"renew": {"s3:GetObject": {"Blobs/*"}, "s3:PutObject": {"Blobs/*"}},
		"sweep": {"s3:PutObject": {"Heads/head-*"}, "s3:PutObjectRetention": {"Heads/head-*"}, "s3:ListBucket": {"Heads"}, "s3:GetObject": {"Heads/keys/deployment"}},
	}
	if diff := cmp.Diff(want, rec.recorded(func(_, resource string) string { return kinds.Replace(resource) })); diff != "" {
		t.Error(diff)
	}
	if len(*reached) != 15 {
		t.Errorf("%d calls reached the services", len(*reached))
	}
	for _, r := range *reached {
		if strings.Contains(r.Header.Get("Authorization"), "PlanStep") {
			t.Error("a function is an account of its own to the service")
		}
	}
}

func TestWhatIsUnnotedIsPassedOn(t *testing.T) {
	var heard []string
	rec, url, reached := played(t, func(action string, body []byte, status int) {
		heard = append(heard, action+" "+string(body)+" "+http.StatusText(status))
	})
	again := rec.unnoted("Api")
	send(t, "POST", url, "Api", "states", "AWSStepFunctions.SendTaskSuccess", `{}`)
	again()
	if calls := rec.recorded(func(_, resource string) string { return resource }); len(calls) != 0 || len(*reached) != 1 {
		t.Errorf("noted %v, passed on %d", calls, len(*reached))
	}
	if len(heard) != 1 || heard[0] != "states:SendTaskSuccess {} I'm a teapot" {
		t.Errorf("heard %q", heard)
	}
}

func TestAServiceThatIsNotPlayedIsNamed(t *testing.T) {
	_, url, reached := played(t, func(string, []byte, int) {})
	if got := send(t, "POST", url, "Api", "sns", "", ""); got != http.StatusNotImplemented || len(*reached) != 0 {
		t.Errorf("got %d, %d calls passed on", got, len(*reached))
	}
}

// TestRowsAreRecordedWhereARoleIsHeldToThem: which rows the others ask for
// differs from run to run and says nothing of their roles.
func TestRowsAreRecordedWhereARoleIsHeldToThem(t *testing.T) {
	tpl, err := parse([]byte(`{"Resources":{
		"VerifyContentRole":{"Properties":{"Policies":[{"PolicyDocument":{"Statement":{"Condition":{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["j#*"]}}}}}]}},
		"TriageRole":{"Properties":{"Policies":[]}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	d := &Deployment{Stack: &Stack{r: &resolver{t: tpl, refs: map[string]string{"Table": "desk-Table", "Key": "0a-1b"}, attrs: map[string]string{"Key.Arn": "arn:key/0a-1b"}}}, opt: Options{Template: tpl}}
	for asked, want := range map[string]string{
		"VerifyContent desk-Table j#look/": "Table j#look/", "Triage desk-Table s#case_": "Table", "Triage desk-Table/index/lists": "Table/index/lists",
		"Triage arn:key/0a-1b case=case_": "Key case=case_", "VerifyContent another s#": "another s#",
	} {
		function, resource, _ := strings.Cut(asked, " ")
		if got := d.kindOf(function, resource); got != want {
			t.Errorf("%s: %q, want %q", asked, got, want)
		}
	}
}
