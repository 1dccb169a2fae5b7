package archtest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// promise is a value that the template must have: of a resource's property, or
// of a parameter. A path goes into a list by a number, or by NAME=VALUE of a
// member. "" is no value at all.
type promise struct{ of, path, want string }

// promises are what the deployment says of itself and nothing else would miss.
var promises = []promise{
	{"Table", "BillingMode", "PAY_PER_REQUEST"},
	{"Table", "DeletionProtectionEnabled", "true"},
	{"Table", "PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled", "true"},
	{"Table", "SSESpecification/SSEEnabled", "true"},
	{"Table", "SSESpecification/SSEType", "KMS"},
	{"Table", "SSESpecification/KMSMasterKeyId", "StoreKey.Arn"},

	{"Key", "PendingWindowInDays", "30"},
	{"StoreKey", "PendingWindowInDays", "30"},

	{"Evidence", "ObjectLockConfiguration/ObjectLockEnabled", "Enabled"},
	{"Evidence", "ObjectLockConfiguration/Rule/DefaultRetention/Mode", "GOVERNANCE"},
	{"Evidence", "ObjectLockConfiguration/Rule/DefaultRetention/Days", "EvidenceLockDays"},
	{"Heads", "ObjectLockConfiguration/ObjectLockEnabled", "Enabled"},
	{"Heads", "ObjectLockConfiguration/Rule/DefaultRetention/Mode", "HeadsLockMode"},
	{"Heads", "ObjectLockConfiguration/Rule/DefaultRetention/Days", "HeadsLockDays"},
	{"Inbound", "LifecycleConfiguration/Rules/Id=never-matched/Status", "Enabled"},
	{"Inbound", "LifecycleConfiguration/Rules/Id=never-matched/Prefix", ""},
	{"Inbound", "LifecycleConfiguration/Rules/Id=never-matched/ExpirationInDays", "InboundDays"},
	{"Inbound", "LifecycleConfiguration/Rules/Id=never-matched/NoncurrentVersionExpiration/NoncurrentDays", "1"},
	{"Transit", "LifecycleConfiguration/Rules/Id=a-day-at-most/Status", "Enabled"},
	{"Transit", "LifecycleConfiguration/Rules/Id=a-day-at-most/ExpirationInDays", "1"},
	{"Transit", "LifecycleConfiguration/Rules/Id=a-day-at-most/NoncurrentVersionExpiration/NoncurrentDays", "1"},

	// Mail comes in through the bucket.
	{"ReceiptRule", "Rule/Enabled", "true"},
	{"ReceiptRule", "Rule/Recipients", "ReplyDomain"},
	{"ReceiptRule", "Rule/Actions/0/S3Action/BucketName", "Inbound"},
	{"Inbound", "NotificationConfiguration/EventBridgeConfiguration/EventBridgeEnabled", "true"},
	{"ReceiveMail", "Events/Stored/Properties/Pattern/source", "aws.s3"},
	{"ReceiveMail", "Events/Stored/Properties/Pattern/detail-type", "Object Created"},
	{"ReceiveMail", "Events/Stored/Properties/Pattern/detail/bucket/name", "Inbound"},
	{"MailEvents", "EventDestination/Enabled", "true"},
	{"MailEvents", "ConfigurationSetName", "MailConfiguration"},

	{"HttpApi", "Auth/DefaultAuthorizer", "Organisation"},
	{"HttpApi", "Auth/Authorizers/Organisation/IdentitySource", "$request.header.Authorization"},
	{"HttpApi", "Auth/Authorizers/Organisation/JwtConfiguration/issuer", "OidcIssuer"},
	{"HttpApi", "Auth/Authorizers/Organisation/JwtConfiguration/audience", "OidcAudience"},
	{"Sweep", "Events/Minute/Type", "Schedule"},
	{"Sweep", "Events/Minute/Properties/Schedule", "rate(1 minute)"},
	{"Sweep", "Events/Minute/Properties/Enabled", ""},
	{"Sweep", "Events/Minute/Properties/State", ""},
	{"DeadLetters", "MessageRetentionPeriod", "1209600"}, // the longest there is: 14 days

	{"CaseMachine", "Logging/Level", "ALL"},
	{"CaseMachine", "Logging/IncludeExecutionData", "false"}, // a token in a log could end a wait
	{"CaseMachine", "Logging/Destinations/0/CloudWatchLogsLogGroup/LogGroupArn", "CaseMachineLog.Arn"},
	{"CaseMachine", "Tracing/Enabled", "true"},
	{"TrackMachine", "Logging/Level", "ALL"},
	{"TrackMachine", "Logging/IncludeExecutionData", "false"},
	{"TrackMachine", "Logging/Destinations/0/CloudWatchLogsLogGroup/LogGroupArn", "TrackMachineLog.Arn"},
	{"TrackMachine", "Tracing/Enabled", "true"},

	// Defaults that are safe for who changes none.
	{"ApiConcurrency", "Default", "0"},
	{"HeadsLockMode", "Default", "GOVERNANCE"},
	{"HeadsLockDays", "Default", "3650"},
	{"EvidenceLockDays", "Default", "365"},
	{"InboundDays", "Default", "30"},
	{"InboundDays", "MaxValue", "90"},
	{"LogDays", "Default", "365"},
	{"ReplyDomain", "Default", ""},
	{"MailIdentity", "Default", "create"},
}

// deep follows a promise's path.
func deep(v any, path string) any {
	for _, part := range strings.Split(path, "/") {
		members, isList := v.([]any)
		if !isList {
			v = at(v, part)
			continue
		}
		name, value, named := strings.Cut(part, "=")
		if n, err := strconv.Atoi(part); err == nil && n < len(members) {
			v = members[n]
			continue
		}
		v = nil
		for _, m := range members {
			if named && at(m, name) == value {
				v = m
			}
		}
	}
	return v
}

// broken are the promises that the template does not keep.
func broken(tpl stack) []string {
	var out []string
	for _, p := range promises {
		from := tpl.property(p.of)
		if parameter, ok := asMap(tpl["Parameters"])[p.of]; ok {
			from = parameter
		} else if from == nil {
			out = append(out, p.of+" does not stand in the template")
			continue
		}
		if got := strings.Join(texts(deep(from, p.path)), " "); got != p.want {
			out = append(out, fmt.Sprintf("%s: %s is %q, want %q", p.of, p.path, got, p.want))
		}
	}
	return out
}

// openRoutes answer without a token of the organisation's: what carries its
// own proof, or nothing private.
var openRoutes = []string{"GET /healthz", "GET /r/{token}", "GET /v1/blobs/{proxy+}", "GET /v1/openapi.json", "POST /r/{token}", "PUT /v1/blobs/{proxy+}"}

// walled: every other route stands behind the authorizer.
func walled(tpl stack) []string {
	var out, open []string
	for _, id := range tpl.ofType("AWS::Serverless::Function") {
		for name, e := range asMap(tpl.property(id, "Events")) {
			if at(e, "Type") != "HttpApi" {
				continue
			}
			if at(e, "Properties", "ApiId") != "HttpApi" {
				out = append(out, id+"."+name+" is at another API")
			}
			if auth := at(e, "Properties", "Auth"); auth != nil {
				open = append(open, fmt.Sprint(at(e, "Properties", "Method"), " ", at(e, "Properties", "Path")))
			}
		}
	}
	slices.Sort(open)
	if !slices.Equal(open, openRoutes) {
		out = append(out, fmt.Sprintf("without a token answer %q, want %q", open, openRoutes))
	}
	return out
}

// unreserved: nothing takes from the account's concurrency but the API, if an
// operator asks for it.
func unreserved(tpl stack) []string {
	var out []string
	for _, id := range tpl.ofType("AWS::Serverless::Function") {
		got := texts(tpl.property(id, "ReservedConcurrentExecutions"))
		asked := id == "Api" && slices.Equal(got, []string{"HasApiConcurrency", "ApiConcurrency", "AWS::NoValue"})
		if got != nil && !asked || tpl.property(id, "ProvisionedConcurrencyConfig") != nil {
			out = append(out, fmt.Sprintf("%s reserves %q", id, got))
		}
	}
	return out
}

// forGood: only mail and files in transit expire; what else a bucket holds goes
// when the program, or nobody, removes it.
func forGood(tpl stack) []string {
	var out []string
	for _, id := range tpl.ofType("AWS::S3::Bucket") {
		if tpl.property(id, "OwnershipControls") == nil || deep(tpl.property(id, "OwnershipControls"), "Rules/0/ObjectOwnership") != "BucketOwnerEnforced" {
			out = append(out, id+" has objects of others")
		}
		for _, r := range list(tpl.property(id, "LifecycleConfiguration", "Rules")) {
			for _, key := range slices.Sorted(maps.Keys(asMap(r))) {
				if strings.HasPrefix(key, "Expiration") && id != "Inbound" && id != "Transit" {
					out = append(out, id+" expires by "+key)
				}
				if strings.HasPrefix(key, "Noncurrent") && slices.Contains(lockedBuckets, id) {
					out = append(out, id+" expires by "+key)
				}
			}
		}
	}
	return out
}

// logs: every function and machine writes a group of its own, kept as long as
// the operator says, under our key.
func logs(tpl stack) []string {
	var out []string
	for _, id := range tpl.ofType("AWS::Logs::LogGroup") {
		if tpl.property(id, "RetentionInDays") != "LogDays" || tpl.property(id, "KmsKeyId") != "StoreKey.Arn" {
			out = append(out, id+" is not kept for LogDays under our key")
		}
	}
	for _, id := range tpl.ofType("AWS::Serverless::Function") {
		if got := tpl.property(id, "LoggingConfig", "LogGroup"); got != id+"Log" {
			out = append(out, fmt.Sprintf("%s logs to %v", id, got))
		}
	}
	return out
}

// fires says when each alarm fires: on what of the metric, in how many periods
// of how many seconds; and what it makes of silence. The watchdog alone takes
// silence for a failure.
var fires = map[string]string{
	"OverdueClock":           "Maximum > 0 in 2 of 300, silence: notBreaching",
	"SequencerBehind":        "Minimum > 0 in 2 of 300, silence: notBreaching",
	"OutboxBehind":           "Minimum > 0 in 2 of 300, silence: notBreaching",
	"WatchdogSilent":         "Sum < 1 in 2 of 300, silence: breaching",
	"SendUncertain":          "Sum > 0 in 1 of 300, silence: notBreaching",
	"DigestLost":             "Sum > 0 in 1 of 300, silence: notBreaching",
	"CaseExecutionFailed":    "Sum > 0 in 1 of 300, silence: notBreaching",
	"CaseExecutionTimedOut":  "Sum > 0 in 1 of 300, silence: notBreaching",
	"CaseExecutionAborted":   "Sum > 0 in 1 of 300, silence: notBreaching",
	"TrackExecutionFailed":   "Sum > 0 in 1 of 300, silence: notBreaching",
	"TrackExecutionTimedOut": "Sum > 0 in 1 of 300, silence: notBreaching",
	"TrackExecutionAborted":  "Sum > 0 in 1 of 300, silence: notBreaching",
	"DeadLettersNotEmpty":    "Maximum > 0 in 1 of 300, silence: notBreaching",
	"ApiFails":               "Sum > 5 in 2 of 300, silence: notBreaching",
	"TableThrottles":         "Sum > 10 in 3 of 300, silence: notBreaching",
}

var comparisons = map[string]string{"GreaterThanThreshold": ">", "LessThanThreshold": "<"}

// thresholds: each alarm is there and fires when it should.
func thresholds(tpl stack) []string {
	var out []string
	got := map[string]string{}
	for _, id := range tpl.ofType("AWS::CloudWatch::Alarm") {
		is := func(name string) string { return fmt.Sprint(tpl.property(id, name)) }
		got[id] = fmt.Sprintf("%s %s %s in %s of %s, silence: %s", is("Statistic"), comparisons[is("ComparisonOperator")], is("Threshold"), is("EvaluationPeriods"), is("Period"), is("TreatMissingData"))
		if tpl.property(id, "ActionsEnabled") != nil || tpl.property(id, "DatapointsToAlarm") != nil {
			got[id] += ", not always"
		}
		if fires[id] == "" {
			out = append(out, id+": "+got[id]+": say so here")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(fires)) {
		if got[id] != fires[id] {
			out = append(out, fmt.Sprintf("%s fires on %q, want %q", id, got[id], fires[id]))
		}
	}
	return out
}

func TestTheTemplateKeepsItsPromises(t *testing.T) {
	tpl := readStack(t, readRepo(t, "infra/template.yaml"))
	for _, rule := range []func(stack) []string{broken, walled, unreserved, forGood, logs, thresholds} {
		holds(t, rule(tpl))
	}
}
