package archtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Quotas of IAM and Lambda, as an account has them without asking. Source: IAM
// and STS quotas; quotas of Lambda; docs/operations.md asks for a stack's name
// of 20 characters or fewer.
const (
	maxManaged   = 10 // managed policies of a role
	maxStackName = 20
)

// maxName is how long a resource's name may be, by its type and property.
var maxName = map[string]int{
	"AWS::IAM::Role RoleName": 64, "AWS::Serverless::Function FunctionName": 64, "AWS::Serverless::StateMachine Name": 80, "AWS::SES::ConfigurationSet Name": 64,
}

// longestRegion is as long as the name of any region.
const longestRegion = "ap-southeast-1"

// fitting: no role has more managed policies, and no resource a longer name,
// than an account takes.
func fitting(tpl stack) []string {
	var out []string
	for _, id := range tpl.ofType("AWS::IAM::Role") {
		if n := len(list(tpl.property(id, "ManagedPolicyArns"))); n > maxManaged {
			out = append(out, fmt.Sprintf("%s has %d managed policies", id, n))
		}
		for _, m := range texts(tpl.property(id, "ManagedPolicyArns")) {
			if tpl.property(m) == nil {
				out = append(out, id+" has the policy "+m+", which is not there")
			}
		}
	}
	longest := strings.NewReplacer("${AWS::StackName}", strings.Repeat("s", maxStackName), "${AWS::Region}", longestRegion)
	for _, kind := range slices.Sorted(maps.Keys(maxName)) {
		of, property, _ := strings.Cut(kind, " ")
		for _, id := range tpl.ofType(of) {
			name, _ := tpl.property(id, property).(string)
			if n := len(longest.Replace(name)); n > maxName[kind] {
				out = append(out, fmt.Sprintf("%s's name may have %d characters", id, n))
			}
		}
	}
	return out
}

// unused are managed policies that no role has.
func unused(tpl stack) []string {
	has := map[string]bool{}
	for _, id := range tpl.ofType("AWS::IAM::Role") {
		for _, m := range texts(tpl.property(id, "ManagedPolicyArns")) {
			has[m] = true
		}
	}
	var out []string
	for _, id := range tpl.ofType("AWS::IAM::ManagedPolicy") {
		if !has[id] {
			out = append(out, "nobody has the policy "+id)
		}
	}
	return out
}

// toldMissing: S3 says that an object is not there only to who may list its
// bucket, and tells others that they may not read it. To us the one is a fact
// and the other a fault that may pass; so who reads a bucket lists it.
// Source: S3 API reference, GetObject, permissions.
func toldMissing(tpl stack) []string {
	var out []string
	for of, byAction := range tpl.allowed() {
		for kind := range byAction["s3:GetObject"] {
			if bucket, _, _ := strings.Cut(kind, "/"); !byAction["s3:ListBucket"][bucket] {
				out = append(out, of+" is not told what is missing in "+bucket)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestRolesFit(t *testing.T) {
	tpl := readStack(t, readRepo(t, "infra/template.yaml"))
	holds(t, fitting(tpl))
	holds(t, unused(tpl))
	holds(t, toldMissing(tpl))
	if !strings.Contains(readRepo(t, "docs/operations.md"), fmt.Sprintf("keep it at %d characters or fewer", maxStackName)) {
		t.Error("docs/operations.md does not say how long a stack's name may be")
	}
	spoilt := readStack(t, `
Resources:
  Sweep:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: !Sub "${AWS::StackName}-a-function-whose-name-goes-on-and-on-and-on-and-on", Role: !GetAtt SweepRole.Arn}
  SweepRole:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: [A, A, A, A, A, A, A, A, A, A, Gone]
      Policies: [{PolicyDocument: {Statement: {Action: [s3:GetObject], Resource: !Sub "${Blobs.Arn}/*"}}}]
  A:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {}}
  B:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {}}
`)
	bites(t, fitting(spoilt), "Sweep's name may have 71 characters", "SweepRole has 11 managed policies", "SweepRole has the policy Gone")
	bites(t, unused(spoilt), "nobody has the policy B")
	bites(t, toldMissing(spoilt), "sweep is not told what is missing in Blobs")
}
