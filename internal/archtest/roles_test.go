package archtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// recorded is infra/actions.json: function → action of IAM → kinds of resource
// (see kindOf; "" where the call names none), as the stories on the shape
// local-cloud were seen to call them. "{}" until one was recorded.
type recorded map[string]map[string][]string

// reason is a line of infra/reasons.json: why functions may do what no story
// does. Of names each function, or machine by its logical id. Any says that the
// service offers no narrower resource than "*".
type reason struct {
	Of       []string `json:"of"`
	Action   string   `json:"action"`
	Resource string   `json:"resource"`
	Any      bool     `json:"any"`
	Why      string   `json:"why"`
}

// covers: "*Log" is the function's own log.
func (r reason) covers(of, action, kind string) bool {
	own := r.Resource == kind || r.Resource == "*Log" && kind == camel(of)+"Log"
	return own && r.Action == action && slices.Contains(r.Of, of) && r.Why != "" && (kind != "*" || r.Any)
}

// allowed lists what each function and machine may, as "of action kind".
func (s stack) allowed() map[string]map[string]map[string]bool {
	out := map[string]map[string]map[string]bool{}
	for _, id := range s.ofType("AWS::Serverless::Function") {
		out[kebab(id)] = s.may(id)
	}
	for _, id := range s.ofType("AWS::Serverless::StateMachine") {
		may := s.may(id)
		delete(may, "lambda:InvokeFunction") // the definition says which: see substitutions
		out[id] = may
	}
	return out
}

// permits says whether an allowed kind is of a recorded one: the same, and of
// one that it is held to part of, that part.
func permits(allowed, seen string) bool {
	kind, part, partly := strings.Cut(allowed, " ")
	seenKind, seenPart, _ := strings.Cut(seen, " ")
	if kind != seenKind || !partly {
		return kind == seenKind
	}
	begin, open := strings.CutSuffix(part, "*")
	return seenPart == part || open && strings.HasPrefix(seenPart, begin)
}

// called says whether a recording shows an action on a kind. What names no
// resource is of every kind.
func (r recorded) called(of, action, kind string) bool {
	return slices.ContainsFunc(r[of][action], func(seen string) bool { return seen == "" || permits(kind, seen) })
}

// refusals are the recorded calls that a role would refuse.
func refusals(tpl stack, seen recorded) []string {
	var out []string
	allowed := tpl.allowed()
	for _, of := range slices.Sorted(maps.Keys(seen)) {
		for _, action := range slices.Sorted(maps.Keys(seen[of])) {
			for _, kind := range seen[of][action] {
				may := slices.Collect(maps.Keys(allowed[of][action]))
				if len(may) == 0 || kind != "" && !slices.ContainsFunc(may, func(k string) bool { return permits(k, kind) }) {
					out = append(out, fmt.Sprintf("%s calls %s on %q, which its role does not allow", of, action, kind))
				}
			}
		}
	}
	return out
}

// unexplained is what a role allows although no story needs it and no reason
// says why, and every function in a reason that explains nothing of it.
func unexplained(tpl stack, seen recorded, reasons []reason) []string {
	var out []string
	used := map[string]bool{}
	allowed := tpl.allowed()
	for _, of := range slices.Sorted(maps.Keys(allowed)) {
		for _, action := range slices.Sorted(maps.Keys(allowed[of])) {
			for _, kind := range slices.Sorted(maps.Keys(allowed[of][action])) {
				why := false
				for i, r := range reasons {
					if r.covers(of, action, kind) {
						used[fmt.Sprint(i, of)], why = true, true
					}
				}
				if !why && (kind == "*" || !seen.called(of, action, kind)) {
					out = append(out, fmt.Sprintf("%s may %s on %s: no story needs it, and no reason says why", of, action, kind))
				}
			}
		}
	}
	for i, r := range reasons {
		for _, of := range r.Of {
			if !used[fmt.Sprint(i, of)] {
				out = append(out, fmt.Sprintf("the reason for %s on %s explains nothing of %s", r.Action, r.Resource, of))
			}
		}
	}
	return out
}

// objects are all of one bucket, or all whose names begin with a word.
var objects = regexp.MustCompile(`^\w+/([a-z]+-)?\*$`)

// narrow: no action with a wildcard, and no resource with one but the objects
// of a bucket and the executions of a machine; "*" itself needs a reason. Case
// keys are opened and made by whose they are.
func narrow(tpl stack) []string {
	var out []string
	for of, byAction := range tpl.allowed() {
		for action, kinds := range byAction {
			if strings.Contains(action, "*") {
				out = append(out, of+" may "+action+": name the actions")
			}
			for kind := range kinds {
				kind, part, _ := strings.Cut(kind, " ")
				if _, whose, _ := strings.Cut(part, "="); kind == "Key" && strings.Trim(whose, "*") == "" {
					out = append(out, of+" may "+action+" on every key: name whose")
				}
				if kind != "*" && strings.Contains(kind, "*") && !objects.MatchString(kind) {
					out = append(out, of+" may "+action+" on "+kind+": name the resource")
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// mailers: only these functions may send mail (design §6).
func mailers(tpl stack) []string {
	var out []string
	for of, byAction := range tpl.allowed() {
		for action := range byAction {
			if strings.HasPrefix(action, "ses:") && of != "send-document" && of != "send-digest" {
				out = append(out, of+" may "+action)
			}
		}
	}
	slices.Sort(out)
	return out
}

// staffOnly: send-digest mails from the desk's identity, by its configuration
// set, to the organisation's own domain alone, and to somebody.
func staffOnly(tpl stack) []string {
	var out []string
	for _, st := range tpl.statements("SendDigest") {
		if !strings.HasPrefix(strings.Join(texts(at(st, "Action")), " "), "ses:") {
			continue
		}
		var kinds []string
		for _, r := range texts(at(st, "Resource")) {
			kinds = append(kinds, kindOf(r))
		}
		if !slices.Equal(kinds, []string{"MailDomainIdentity", "MailConfiguration"}) || at(st, "Condition", "StringLike", "ses:FromAddress") != "*@${MailDomain}" {
			out = append(out, fmt.Sprintf("send-digest may mail as %q", kinds))
		}
		to := texts(at(st, "Condition", "ForAllValues:StringLike", "ses:Recipients"))
		if !slices.Equal(to, []string{"HasStaffDomain", "*@${StaffDomain}", "*@${MailDomain}"}) || at(st, "Condition", "Null", "ses:Recipients") != "false" {
			out = append(out, fmt.Sprintf("send-digest may mail to %q", to))
		}
	}
	return out
}

// digestKeys begin the partitions that a digest's commits write: the day's
// stream, where the digest stands, where an entry stands.
var digestKeys = []string{"s#org/*", "k#digest#*", "e#entry_*"}

// onlyDigests: send-digest mails, so what it may write is what it must.
func onlyDigests(tpl stack) []string {
	var out []string
	for _, st := range tpl.statements("SendDigest") {
		for _, action := range texts(at(st, "Action")) {
			read := slices.Contains([]string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}, action)
			keys := texts(at(st, "Condition", "ForAllValues:StringLike", "dynamodb:LeadingKeys"))
			if strings.HasPrefix(action, "dynamodb:") && !read && !slices.Equal(keys, digestKeys) || strings.HasPrefix(action, "states:") || strings.HasPrefix(action, "s3:") {
				out = append(out, "send-digest may "+action)
			}
		}
	}
	return out
}

// jobKeys begin the partition of a job and its result in store/dynamostore.
const jobKeys = "j#"

// indexes: what a role reads by index is an index of the table.
func indexes(tpl stack) []string {
	have := map[string]bool{}
	for _, kind := range []string{"GlobalSecondaryIndexes", "LocalSecondaryIndexes"} {
		for _, i := range list(tpl.property("Table", kind)) {
			have[fmt.Sprint("Table/index/", at(i, "IndexName"))] = true
		}
	}
	var out []string
	for of, byAction := range tpl.allowed() {
		for action, kinds := range byAction {
			for kind := range kinds {
				if strings.HasPrefix(kind, "Table/index/") && !have[kind] {
					out = append(out, of+" may "+action+" on "+kind+", which is not there")
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// onlyJobs: verify-content meets hostile pages, so its role reaches a job's
// rows and keys alone, whatever else it is compromised into asking (design §8).
func onlyJobs(tpl stack) []string {
	var out []string
	for _, st := range tpl.statements("VerifyContent") {
		for _, action := range texts(at(st, "Action")) {
			for _, kind := range texts(at(st, "Resource")) {
				keys := texts(at(st, "Condition", "ForAllValues:StringLike", "dynamodb:LeadingKeys"))
				context := at(st, "Condition", "StringLike", "kms:EncryptionContext:case")
				ok := strings.HasPrefix(action, "logs:") || strings.HasPrefix(action, "xray:") || kindOf(kind) == "StoreKey" ||
					strings.HasPrefix(action, "dynamodb:") && slices.Equal(keys, []string{jobKeys + "*"}) ||
					action == "kms:Decrypt" && context == "look/*"
				if !ok {
					out = append(out, "verify-content may "+action+" on "+kindOf(kind))
				}
			}
		}
	}
	return out
}

// oneRoleEach: no two functions share a role, and each is trusted by Lambda
// alone.
func oneRoleEach(tpl stack) []string {
	var out []string
	of := map[string]string{}
	for _, id := range tpl.ofType("AWS::Serverless::Function") {
		role := strings.TrimSuffix(fmt.Sprint(tpl.property(id, "Role")), ".Arn")
		if role != id+"Role" || of[role] != "" {
			out = append(out, id+" has the role "+role)
		}
		of[role] = id
		for _, st := range list(tpl.property(role, "AssumeRolePolicyDocument", "Statement")) {
			if got := at(st, "Principal", "Service"); got != "lambda.amazonaws.com" {
				out = append(out, fmt.Sprintf("%s is trusted by %v", role, got))
			}
		}
	}
	return out
}

func readActions(t *testing.T) (recorded, []reason) {
	t.Helper()
	var seen recorded
	var reasons []reason
	if err := json.Unmarshal([]byte(readRepo(t, "infra/actions.json")), &seen); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(readRepo(t, "infra/reasons.json")), &reasons); err != nil {
		t.Fatal(err)
	}
	return seen, reasons
}

const spoiltRoles = `
Resources:
  Sweep:
    Type: AWS::Serverless::Function
    Properties: {Role: !GetAtt SweepRole.Arn}
  Triage:
    Type: AWS::Serverless::Function
    Properties: {Role: !GetAtt SweepRole.Arn}
  SweepRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Principal: {Service: ec2.amazonaws.com}}]}
      ManagedPolicyArns: [!Ref Mail]
      Policies:
        - PolicyDocument:
            Statement:
              - {Action: "dynamodb:*", Resource: !GetAtt Table.Arn}
              - {Action: "s3:GetObject", Resource: "*"}
              - {Action: "dynamodb:Query", Resource: !Sub "${Table.Arn}/index/*"}
  Mail:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement: {Action: [ses:SendEmail], Resource: !Sub "arn:${AWS::Partition}:ses:r:a:identity/${MailDomain}"}
`

func TestRolesAllowWhatTheStoriesNeed(t *testing.T) {
	tpl := readStack(t, readRepo(t, "infra/template.yaml"))
	seen, reasons := readActions(t)
	holds(t, refusals(tpl, seen))
	holds(t, unexplained(tpl, seen, reasons))

	bites(t, refusals(tpl, recorded{
		"verify-content":   {"dynamodb:GetItem": {"Table j#look/", "Table s#case_", "Table ?"}, "kms:Decrypt": {"Key case=look/", "Key case=case_", "Key ?"}},
		"sequence-history": {"kms:Decrypt": {"Key deployment=keys", "Key case=case_"}, "s3:PutObject": {"Heads/head-*", "Heads/keys/deployment"}},
		"send-digest":      {"dynamodb:PutItem": {"Table s#org/", "Table s#case_"}, "dynamodb:GetItem": {"Table s#case_"}},
	}), `send-digest calls dynamodb:PutItem on "Table s#case_"`, `sequence-history calls kms:Decrypt on "Key case=case_"`, `sequence-history calls s3:PutObject on "Heads/keys/deployment"`,
		`verify-content calls dynamodb:GetItem on "Table ?"`, `verify-content calls dynamodb:GetItem on "Table s#case_"`,
		`verify-content calls kms:Decrypt on "Key ?"`, `verify-content calls kms:Decrypt on "Key case=case_"`)

	spoilt := readStack(t, spoiltRoles)
	calls := recorded{"sweep": {"ses:SendEmail": {"MailDomainIdentity"}, "kms:Decrypt": {"Key"}, "s3:GetObject": {""}, "dynamodb:Query": {"Table/index/due"}}}
	bites(t, refusals(spoilt, calls),
		`sweep calls dynamodb:Query on "Table/index/due"`, `sweep calls kms:Decrypt on "Key"`)
	bites(t, unexplained(spoilt, calls, []reason{{Of: []string{"sweep"}, Action: "dynamodb:*", Resource: "Table", Why: "it is easy"}, {Of: []string{"*"}, Action: "s3:GetObject", Resource: "*", Why: "no word of any"}}),
		"sweep may dynamodb:Query on Table/index/*", "sweep may s3:GetObject on *", "the reason for s3:GetObject on * explains nothing",
		"triage may dynamodb:* on Table", "triage may dynamodb:Query on Table/index/*", "triage may s3:GetObject on *", "triage may ses:SendEmail on MailDomainIdentity")
}

func TestRolesAreNarrow(t *testing.T) {
	tpl := readStack(t, readRepo(t, "infra/template.yaml"))
	holds(t, narrow(tpl))
	holds(t, mailers(tpl))
	holds(t, staffOnly(tpl))
	holds(t, onlyDigests(tpl))
	if !slices.Contains(slices.Collect(maps.Keys(tpl.allowed()["send-digest"])), "ses:SendEmail") {
		t.Error("send-digest may not mail: the rule holds for nothing")
	}
	holds(t, onlyJobs(tpl))
	if !strings.Contains(readRepo(t, "internal/store/dynamostore/jobs.go"), `"`+jobKeys+`" + id`) {
		t.Error("store/dynamostore keeps jobs under other keys than " + jobKeys)
	}
	holds(t, indexes(tpl))
	holds(t, oneRoleEach(tpl))
	spoilt := readStack(t, spoiltRoles)
	bites(t, narrow(spoilt), "sweep may dynamodb:*: name the actions", "sweep may dynamodb:Query on Table/index/*: name the resource",
		"triage may dynamodb:*: name the actions", "triage may dynamodb:Query on Table/index/*: name the resource")
	bites(t, onlyJobs(readStack(t, strings.ReplaceAll(spoiltRoles, "  Triage:", "  VerifyContent:"))),
		"verify-content may dynamodb:* on Table", "verify-content may dynamodb:Query on Table/index/*", "verify-content may s3:GetObject on *", "verify-content may ses:SendEmail on MailDomainIdentity")
	bites(t, indexes(spoilt), "sweep may dynamodb:Query on Table/index/*, which", "triage may dynamodb:Query on Table/index/*, which")
	bites(t, staffOnly(readStack(t, strings.ReplaceAll(spoiltRoles, "  Triage:", "  SendDigest:"))),
		`send-digest may mail as ["MailDomainIdentity"]`, "send-digest may mail to []")
	bites(t, onlyDigests(readStack(t, strings.ReplaceAll(spoiltRoles, "  Triage:", "  SendDigest:"))), "send-digest may dynamodb:*", "send-digest may s3:GetObject")
	bites(t, mailers(spoilt), "sweep may ses:SendEmail", "triage may ses:SendEmail")
	bites(t, oneRoleEach(spoilt), "SweepRole is trusted by ec2.amazonaws.com", "SweepRole is trusted by ec2.amazonaws.com", "Triage has the role SweepRole")
}
