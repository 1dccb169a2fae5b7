package archtest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/boot/cloud"
)

// serviceMetrics are metrics of AWS's own services, with the one dimension
// that they are counted under. Source: each service's list of its metrics.
var serviceMetrics = map[string]map[string]string{
	"AWS/States":     {"ExecutionsFailed": "StateMachineArn", "ExecutionsTimedOut": "StateMachineArn", "ExecutionsAborted": "StateMachineArn"},
	"AWS/SQS":        {"ApproximateNumberOfMessagesVisible": "QueueName"},
	"AWS/ApiGateway": {"5xx": "ApiId"},
	"AWS/DynamoDB":   {"WriteThrottleEvents": "TableName"},
	"AWS/Lambda":     {"Errors": "FunctionName", "Throttles": "FunctionName"},
}

// emitted are the metrics that something of ours counts: name → the dimension,
// "" for none. The filters of the template count lines whose words stand in
// the program's text.
func (s stack) emitted(program string) map[string]string {
	out := map[string]string{}
	for _, name := range cloud.Metrics() {
		out[cloud.Namespace+" "+name] = "Table"
	}
	for _, id := range s.ofType("AWS::Logs::MetricFilter") {
		words := inQuotes.FindStringSubmatch(fmt.Sprint(s.property(id, "FilterPattern")))
		if words == nil || !strings.Contains(program, `"`+words[1]+`"`) {
			continue
		}
		for _, m := range list(s.property(id, "MetricTransformations")) {
			out[fmt.Sprint(at(m, "MetricNamespace"), " ", at(m, "MetricName"))] = ""
		}
	}
	for namespace, names := range serviceMetrics {
		for name, dimension := range names {
			out[namespace+" "+name] = dimension
		}
	}
	return out
}

var inQuotes = regexp.MustCompile(`"([^"]+)"`)

// alarms: each watches a metric that is emitted, under its dimension, and
// tells the topic; every metric of ours is watched.
func alarms(tpl stack, program string) []string {
	var out []string
	emitted, watched := tpl.emitted(program), map[string]bool{}
	for _, id := range tpl.ofType("AWS::CloudWatch::Alarm") {
		metric := fmt.Sprint(tpl.property(id, "Namespace"), " ", tpl.property(id, "MetricName"))
		watched[metric] = true
		dimension, ok := emitted[metric]
		if !ok {
			out = append(out, id+" watches "+metric+", which nothing emits")
		}
		var got []string
		for _, d := range list(tpl.property(id, "Dimensions")) {
			got = append(got, fmt.Sprint(at(d, "Name")))
		}
		if strings.Join(got, ",") != dimension {
			out = append(out, fmt.Sprintf("%s watches %s by %q, want %q", id, metric, got, dimension))
		}
		if !slices.Contains(texts(tpl.property(id, "AlarmActions")), "Alarms") {
			out = append(out, id+" tells nobody")
		}
	}
	for _, name := range cloud.Metrics() {
		if !watched[cloud.Namespace+" "+name] {
			out = append(out, "no alarm watches "+name)
		}
	}
	return out
}

// asynchronous are the events by which nobody waits for a function's answer.
var asynchronous = []string{"Schedule", "ScheduleV2", "EventBridgeRule", "CloudWatchEvent", "S3", "SNS"}

// deadLetters: what is called without anybody waiting leaves what it could not
// work on in a queue, and so does what calls it by a rule.
func deadLetters(tpl stack) []string {
	var out []string
	for _, id := range tpl.ofType("AWS::Serverless::Function") {
		events := asMap(tpl.property(id, "Events"))
		for _, name := range slices.Sorted(maps.Keys(events)) {
			kind := fmt.Sprint(at(events[name], "Type"))
			if !slices.Contains(asynchronous, kind) {
				continue
			}
			if at(tpl.property(id, "DeadLetterQueue"), "TargetArn") != "DeadLetters.Arn" {
				out = append(out, id+" has no dead-letter queue")
			}
			if kind != "S3" && kind != "SNS" && at(events[name], "Properties", "DeadLetterConfig", "Arn") != "DeadLetters.Arn" {
				out = append(out, id+"."+name+" has no dead-letter queue")
			}
		}
	}
	return out
}

// lockedBuckets alone have Object Lock (what is locked cannot be erased).
var lockedBuckets = []string{"Evidence", "Heads"}

// buckets: not public, versioned, encrypted by our key, by TLS only, locked
// only where nothing personal is readable.
func buckets(tpl stack) []string {
	var out []string
	for _, id := range tpl.ofType("AWS::S3::Bucket") {
		for _, block := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
			if tpl.property(id, "PublicAccessBlockConfiguration", block) != "true" {
				out = append(out, id+" does not set "+block)
			}
		}
		if tpl.property(id, "VersioningConfiguration", "Status") != "Enabled" {
			out = append(out, id+" keeps no versions")
		}
		if locked := tpl.property(id, "ObjectLockEnabled") == "true"; locked != slices.Contains(lockedBuckets, id) {
			out = append(out, fmt.Sprintf("%s: locked %v", id, locked))
		}
		rules := list(tpl.property(id, "BucketEncryption", "ServerSideEncryptionConfiguration"))
		if len(rules) != 1 || at(rules[0], "ServerSideEncryptionByDefault", "KMSMasterKeyID") != "StoreKey.Arn" {
			out = append(out, id+" is not encrypted by our key")
		}
		if !tlsOnly(tpl, id) {
			out = append(out, id+" answers without TLS")
		}
	}
	return out
}

func tlsOnly(tpl stack, bucket string) bool {
	return slices.ContainsFunc(list(tpl.property(bucket+"Policy", "PolicyDocument", "Statement")), func(st any) bool {
		return at(st, "Effect") == "Deny" && at(st, "Principal") == "*" && at(st, "Action") == "s3:*" &&
			at(st, "Condition", "Bool", "aws:SecureTransport") == "false" &&
			slices.Equal(texts(at(st, "Resource")), []string{bucket + ".Arn", "${" + bucket + ".Arn}/*"})
	})
}

// kept: what must outlive the stack does, and no log is kept for ever.
func kept(tpl stack) []string {
	var out []string
	for _, kind := range []string{"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"} {
		for _, id := range tpl.ofType(kind) {
			if r := asMap(tpl["Resources"])[id]; at(r, "DeletionPolicy") != "Retain" || at(r, "UpdateReplacePolicy") != "Retain" {
				out = append(out, id+" goes with the stack")
			}
		}
	}
	for _, id := range tpl.ofType("AWS::KMS::Key") {
		if tpl.property(id, "EnableKeyRotation") != "true" {
			out = append(out, id+" is not rotated")
		}
		for _, st := range list(tpl.property(id, "KeyPolicy", "Statement")) {
			if actions := texts(at(st, "Action")); slices.ContainsFunc(actions, func(a string) bool { return strings.Contains(a, "*") }) {
				out = append(out, fmt.Sprintf("%s's policy allows %q", id, actions))
			}
		}
	}
	for _, id := range tpl.ofType("AWS::Logs::LogGroup") {
		if tpl.property(id, "RetentionInDays") == nil {
			out = append(out, id+" is kept for ever")
		}
	}
	return out
}

// programText is the text of everything that is not a test.
func programText(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, s := range sources(t) {
		if !s.isTest() && strings.HasPrefix(s.path, "internal/") {
			b.WriteString(readRepo(t, s.path))
		}
	}
	return b.String()
}

const unwatched = `
Resources:
  Sweep:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Minute: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}
        Http: {Type: HttpApi}
  Inbound:
    Type: AWS::S3::Bucket
    Properties: {ObjectLockEnabled: true, PublicAccessBlockConfiguration: {BlockPublicAcls: true}}
  Key:
    Type: AWS::KMS::Key
    DeletionPolicy: Retain
    Properties:
      KeyPolicy: {Statement: [{Action: "kms:*"}]}
  SweepLog:
    Type: AWS::Logs::LogGroup
  Lines:
    Type: AWS::Logs::MetricFilter
    Properties:
      FilterPattern: '{ $.msg = "a line that nobody writes" }'
      MetricTransformations: [{MetricNamespace: takedown, MetricName: Lines}]
  Watch:
    Type: AWS::CloudWatch::Alarm
    Properties: {Namespace: takedown, MetricName: Lines}
  Dead:
    Type: AWS::CloudWatch::Alarm
    Properties: {Namespace: AWS/SQS, MetricName: ApproximateNumberOfMessagesVisible, AlarmActions: [!Ref Alarms]}
`

func TestWhatMattersIsWatched(t *testing.T) {
	tpl := readStack(t, readRepo(t, "infra/template.yaml"))
	holds(t, alarms(tpl, programText(t)))
	holds(t, deadLetters(tpl))
	spoilt := readStack(t, unwatched)
	bites(t, alarms(spoilt, `"another line"`), `Dead watches AWS/SQS ApproximateNumberOfMessagesVisible by [], want "QueueName"`,
		"Watch tells nobody", "Watch watches takedown Lines, which nothing emits",
		"no alarm watches OverdueWaits", "no alarm watches Sweeps", "no alarm watches UndeliveredMessages", "no alarm watches UnsequencedEntries")
	bites(t, deadLetters(spoilt), "Sweep has no dead-letter queue", "Sweep.Minute has no dead-letter queue")
}

func TestWhatIsStoredIsGuarded(t *testing.T) {
	tpl := readStack(t, readRepo(t, "infra/template.yaml"))
	holds(t, buckets(tpl))
	holds(t, kept(tpl))
	spoilt := readStack(t, unwatched)
	bites(t, buckets(spoilt), "Inbound answers without TLS", "Inbound does not set BlockPublicPolicy", "Inbound does not set IgnorePublicAcls",
		"Inbound does not set RestrictPublicBuckets", "Inbound is not encrypted by our key", "Inbound keeps no versions", "Inbound: locked true")
	bites(t, kept(spoilt), "Inbound goes with the stack", "Key goes with the stack", "Key is not rotated", `Key's policy allows ["kms:*"]`, "SweepLog is kept for ever")
}
