package localcloud

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const small = `{
	"Parameters": {"Stage": {"Default": "test"}, "Mail": {"Type": "String"}, "Days": {"Default": 7}},
	"Mappings": {"Sizes": {"small": {"memory": 256}}},
	"Conditions": {
		"IsTest": {"Fn::Equals": [{"Ref": "Stage"}, "test"]},
		"NotTest": {"Fn::Not": [{"Condition": "IsTest"}]},
		"Both": {"Fn::And": [{"Condition": "IsTest"}, {"Condition": "NotTest"}]},
		"Either": {"Fn::Or": [{"Condition": "NotTest"}, {"Condition": "IsTest"}]}
	},
	"Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}, "Later": {"Type": "AWS::S3::Bucket", "Condition": "NotTest"}}
}`

func smallResolver(t *testing.T, given map[string]string) *resolver {
	t.Helper()
	tpl, err := parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	r := newResolver(tpl, "desk", given)
	r.refs["Table"], r.attrs["Table.Arn"] = "desk-Table", "arn:table"
	return r
}

func TestIntrinsicFunctions(t *testing.T) {
	r := smallResolver(t, map[string]string{"Mail": "desk@example.nl"})
	for in, want := range map[string]string{
		`"plain"`:                                        `"plain"`,
		`{"Ref":"Table"}`:                                `"desk-Table"`,
		`{"Ref":"Mail"}`:                                 `"desk@example.nl"`,
		`{"Ref":"Days"}`:                                 `"7"`,
		`{"Fn::GetAtt":["Table","Arn"]}`:                 `"arn:table"`,
		`{"Fn::GetAtt":"Table.Arn"}`:                     `"arn:table"`,
		`{"Fn::Sub":"${AWS::StackName}-case"}`:           `"desk-case"`,
		`{"Fn::Sub":"${Table.Arn}/${!Kept}"}`:            `"arn:table/${Kept}"`,
		`{"Fn::Sub":["${X}",{"X":{"Ref":"Table"}}]}`:     `"desk-Table"`,
		`{"Fn::Join":["/",["a",{"Ref":"Table"}]]}`:       `"a/desk-Table"`,
		`{"Fn::Select":["1",{"Fn::Split":["-","a-b"]}]}`: `"b"`,
		`{"Fn::FindInMap":["Sizes","small","memory"]}`:   `256`,
		`{"Fn::If":["IsTest","yes","no"]}`:               `"yes"`,
		`{"Fn::If":["Both","yes","no"]}`:                 `"no"`,
		`{"Fn::If":["Either","yes","no"]}`:               `"yes"`,
		`{"a":{"Ref":"AWS::NoValue"},"b":[{"Ref":"AWS::NoValue"},{"Ref":"Table"}]}`: `{"b":["desk-Table"]}`,
	} {
		got, err := r.value(jsonOf(t, in))
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if diff := cmp.Diff(jsonOf(t, want), got); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
	}
}

func jsonOf(t *testing.T, text string) any {
	t.Helper()
	var v any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhatCannotBeResolvedIsNamed(t *testing.T) {
	r := smallResolver(t, nil)
	for in, want := range map[string]string{
		`{"Ref":"Mail"}`:                       "parameter Mail has no default",
		`{"Ref":"Nothing"}`:                    `Ref "Nothing"`,
		`{"Fn::GetAtt":["Table","StreamArn"]}`: `GetAtt "Table.StreamArn"`,
		`{"x":{"Fn::Sub":"${Nothing}"}}`:       `x: Ref "Nothing"`,
		`{"Fn::Cidr":["a"]}`:                   "Fn::Cidr",
		`{"Fn::If":["Nobody","a","b"]}`:        `no condition "Nobody"`,
		`{"Fn::Select":["2",["a"]]}`:           "nothing stands there",
	} {
		if _, err := r.value(jsonOf(t, in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", in, err, want)
		}
	}
}

func TestAResourceOfAConditionThatDoesNotHoldIsNotThere(t *testing.T) {
	for stage, want := range map[string]bool{"test": false, "live": true} {
		r := smallResolver(t, map[string]string{"Stage": stage})
		if got, err := r.exists("Later"); err != nil || got != want {
			t.Errorf("stage %s: %v, %v", stage, got, err)
		}
	}
}
