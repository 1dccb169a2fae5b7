package archtest

import (
	"regexp"
	"strings"
	"testing"
)

// mutation changes one thing of one resource (or parameter) of the template.
// A rule must find it, in these words.
type mutation struct{ in, old, now, finds string }

var mutations = []mutation{
	// Table and keys.
	{"Table", "BillingMode: PAY_PER_REQUEST", "BillingMode: PROVISIONED", "Table: BillingMode"},
	{"Table", "      DeletionProtectionEnabled: true\n", "", "Table: DeletionProtectionEnabled"},
	{"Table", "PointInTimeRecoveryEnabled: true", "PointInTimeRecoveryEnabled: false", "Table: PointInTimeRecoverySpecification"},
	{"Table", "SSEType: KMS", "SSEType: AES256", "Table: SSESpecification/SSEType"},
	{"Table", "!GetAtt StoreKey.Arn", "alias/aws/dynamodb", "Table: SSESpecification/KMSMasterKeyId"},
	{"Table", "    DeletionPolicy: Retain\n", "", "Table goes with the stack"},
	{"Key", "EnableKeyRotation: true", "EnableKeyRotation: false", "Key is not rotated"},
	{"Key", "PendingWindowInDays: 30", "PendingWindowInDays: 7", "Key: PendingWindowInDays"},
	{"Key", "Action: [kms:Decrypt, kms:GenerateDataKey]", `Action: "kms:*"`, "Key's policy allows"},
	{"StoreKey", "    UpdateReplacePolicy: Retain\n", "", "StoreKey goes with the stack"},

	// Buckets.
	{"Blobs", "BlockPublicPolicy: true", "BlockPublicPolicy: false", "Blobs does not set BlockPublicPolicy"},
	{"Blobs", "      VersioningConfiguration:\n        Status: Enabled", "      VersioningConfiguration:\n        Status: Suspended", "Blobs keeps no versions"},
	{"Blobs", "NoncurrentVersionExpiration:\n              NoncurrentDays: 30", "ExpirationInDays: 30", "Blobs expires by ExpirationInDays"},
	{"BlobsPolicy", "aws:SecureTransport: false", "aws:SecureTransport: true", "Blobs answers without TLS"},
	{"Evidence", "          DefaultRetention:\n            Mode: GOVERNANCE\n            Days: !Ref EvidenceLockDays\n", "", "Evidence: ObjectLockConfiguration/Rule/DefaultRetention/Days"},
	{"Evidence", "!Ref EvidenceLockDays", "1", "Evidence: ObjectLockConfiguration/Rule/DefaultRetention/Days"},
	{"Heads", "Mode: !Ref HeadsLockMode", "Mode: GOVERNANCE", "Heads: ObjectLockConfiguration/Rule/DefaultRetention/Mode"},
	{"Heads", "      ObjectLockEnabled: true\n", "", "Heads: locked false"},
	{"Heads", "BucketOwnerEnforced", "ObjectWriter", "Heads has objects of others"},
	{"Heads", "            AbortIncompleteMultipartUpload:\n              DaysAfterInitiation: 1", "            NoncurrentVersionExpiration:\n              NoncurrentDays: 1", "Heads expires by NoncurrentVersionExpiration"},
	{"Inbound", "            ExpirationInDays: !Ref InboundDays\n", "", "Inbound: LifecycleConfiguration/Rules/Id=never-matched/ExpirationInDays"},
	{"Inbound", "- Id: never-matched\n            Status: Enabled", "- Id: never-matched\n            Status: Disabled", "Inbound: LifecycleConfiguration/Rules/Id=never-matched/Status"},
	{"Inbound", "- Id: never-matched\n", "- Id: never-matched\n            Prefix: old/\n", "Inbound: LifecycleConfiguration/Rules/Id=never-matched/Prefix"},
	{"Inbound", "    Properties:\n", "    Properties:\n      ObjectLockEnabled: true\n", "Inbound: locked true"},
	{"Inbound", "EventBridgeEnabled: true", "EventBridgeEnabled: false", "Inbound: NotificationConfiguration"},
	{"Transit", "ExpirationInDays: 1\n", "ExpirationInDays: 100\n", "Transit: LifecycleConfiguration/Rules/Id=a-day-at-most/ExpirationInDays"},
	{"Transit", "!GetAtt StoreKey.Arn", "alias/aws/s3", "Transit is not encrypted by our key"},

	// Machines, logs.
	{"CaseMachine", "Level: ALL", "Level: \"OFF\"", "CaseMachine: Logging/Level"},
	{"CaseMachine", "!GetAtt CaseMachineLog.Arn", "!GetAtt TrackMachineLog.Arn", "CaseMachine: Logging/Destinations"},
	{"TrackMachine", "IncludeExecutionData: false", "IncludeExecutionData: true", "TrackMachine: Logging/IncludeExecutionData"},
	{"TrackMachine", "      Tracing:\n        Enabled: true", "      Tracing:\n        Enabled: false", "TrackMachine: Tracing/Enabled"},
	{"SweepLog", "      RetentionInDays: !Ref LogDays\n", "", "SweepLog is kept for ever"},
	{"HttpApiLog", "!Ref LogDays", "3653", "HttpApiLog is not kept for LogDays"},
	{"TriageLog", "      KmsKeyId: !GetAtt StoreKey.Arn\n", "", "TriageLog is not kept for LogDays under our key"},
	{"Renew", "LogGroup: !Ref RenewLog", "LogGroup: !Ref TriageLog", "Renew logs to TriageLog"},

	// The API.
	{"HttpApi", "DefaultAuthorizer: Organisation", "EnableIamAuthorizer: true", "HttpApi: Auth/DefaultAuthorizer"},
	{"HttpApi", "issuer: !Ref OidcIssuer", "issuer: https://accounts.example.com", "HttpApi: Auth/Authorizers/Organisation/JwtConfiguration/issuer"},
	{"HttpApi", "audience: [!Ref OidcAudience]", "audience: []", "HttpApi: Auth/Authorizers/Organisation/JwtConfiguration/audience"},
	{"Api", "Path: /r/{token}", "Path: /{proxy+}", "without a token answer"},
	{"Api", "        Walled:\n          Type: HttpApi\n          Properties:\n            ApiId: !Ref HttpApi", "        Walled:\n          Type: HttpApi\n          Properties:\n            ApiId: !Ref HttpApi\n            Auth:\n              Authorizer: NONE", "without a token answer"},

	// Events, queues.
	{"Sweep", "rate(1 minute)", "rate(1 day)", "Sweep: Events/Minute/Properties/Schedule"},
	{"Sweep", "            Schedule: rate", "            Enabled: false\n            Schedule: rate", "Sweep: Events/Minute/Properties/Enabled"},
	{"Sweep", "            DeadLetterConfig:\n              Arn: !GetAtt DeadLetters.Arn\n", "", "Sweep.Minute has no dead-letter queue"},
	{"MailEvent", "      DeadLetterQueue:\n        Type: SQS\n        TargetArn: !GetAtt DeadLetters.Arn\n", "", "MailEvent has no dead-letter queue"},
	{"ReceiptRule", "BucketName: !Ref Inbound", "BucketName: !Ref Blobs", "ReceiptRule: Rule/Actions/0/S3Action/BucketName"},
	{"ReceiptRule", "Enabled: true", "Enabled: false", "ReceiptRule: Rule/Enabled"},
	{"ReceiveMail", "name: [!Ref Inbound]", "name: [!Ref Blobs]", "ReceiveMail: Events/Stored/Properties/Pattern/detail/bucket/name"},
	{"DeadLetters", "MessageRetentionPeriod: 1209600", "MessageRetentionPeriod: 345600", "DeadLetters: MessageRetentionPeriod"},

	// Alarms.
	{"WatchdogSilent", "TreatMissingData: breaching", "TreatMissingData: notBreaching", "WatchdogSilent fires on"},
	{"WatchdogSilent", "LessThanThreshold", "GreaterThanThreshold", "WatchdogSilent fires on"},
	{"OverdueClock", "Threshold: 0", "Threshold: 1000", "OverdueClock fires on"},
	{"SequencerBehind", "Statistic: Minimum", "Statistic: Average", "SequencerBehind fires on"},
	{"SendUncertain", "      AlarmActions: [!Ref Alarms]\n", "", "SendUncertain tells nobody"},
	{"DeadLettersNotEmpty", "Period: 300", "Period: 86400", "DeadLettersNotEmpty fires on"},
	{"TrackExecutionTimedOut", "    Properties:\n", "    Properties:\n      ActionsEnabled: false\n", "TrackExecutionTimedOut fires on"},
	{"CaseExecutionAborted", "Type: AWS::CloudWatch::Alarm", "Type: AWS::CloudWatch::CompositeAlarm", "CaseExecutionAborted fires on"},

	// Parameters and what stays with the account.
	{"ApiConcurrency", "Default: 0", "Default: 100", "ApiConcurrency: Default"},
	{"HeadsLockMode", "Default: GOVERNANCE", "Default: COMPLIANCE", "HeadsLockMode: Default"},
	{"EvidenceLockDays", "    Description: Days that sealed", "    Description: Days\n    ConstraintDescription: Days that sealed", "parameter EvidenceLockDays does not say"},
	{"Sweep", "    Properties:\n", "    Properties:\n      ReservedConcurrentExecutions: 5\n", "Sweep reserves"},

	// Roles.
	{"TriageRole", "!Ref OpensCases, !Ref KeepsTexts]", "!Ref OpensCases, !Ref KeepsTexts, !Ref DeliversMessages]", "triage may dynamodb:DeleteItem on Table"},
	{"SequenceHistoryRole", "!Ref OpensDeployment,", "!Ref OpensDeployment, !Ref OpensCases,", "sequence-history may kms:Decrypt on Key case=case_*"},
	{"SequenceHistoryRole", "dynamodb:UpdateItem", "[dynamodb:UpdateItem, dynamodb:DeleteItem]", "sequence-history may dynamodb:DeleteItem on Table"},
	{"KeepsHeads", "/head-*", "/*", "sequence-history may s3:PutObject on Heads/*"},
	{"OpensDeployment", "            Condition: {StringEquals: {kms:EncryptionContext:deployment: keys}}\n", "", "sequence-history may kms:Decrypt on every key"},
	{"OpensCases", "case_*", `"*"`, "triage may kms:Decrypt on every key"},
	{"OpensDeployment", "Action: s3:ListBucket", "Action: s3:GetBucketLocation", "api is not told what is missing in Heads"},
	{"PlanStepRole", "look/*", "case_*", "plan-step may kms:GenerateDataKey on Key case=case_*"},
	{"VerifyContentRole", `["j#*"]`, `["j#*", "s#*"]`, "verify-content may dynamodb:GetItem on Table"},
	{"VerifyContentRole", "look/*", "[look/*, case_*]", "verify-content may kms:Decrypt on Key"},
	{"SweepRole", "!Ref Traces,", "!Ref Traces, !Ref KeepsEvidence,", "SweepRole has 11 managed policies"},
	{"SweepRole", "sweep", "sweep-through-whatever-is-overdue-and-more", "SweepRole's name may have"},
	{"TriageRole", "logs:PutLogEvents]", "logs:PutLogEvents, ses:SendEmail]", "triage may ses:SendEmail"},
	{"TriageRole", "!GetAtt TriageLog.Arn", "!GetAtt SweepLog.Arn", "triage may logs:PutLogEvents on SweepLog"},
}

// theRules are those of the template by itself.
func theRules(t *testing.T) func(stack) []string {
	t.Helper()
	seen, reasons := readActions(t)
	program, manual := programText(t), readRepo(t, "docs/operations.md")
	return func(tpl stack) []string {
		var out []string
		for _, rule := range []func(stack) []string{
			broken, walled, unreserved, forGood, logs, thresholds, deadLetters, buckets, kept,
			narrow, mailers, staffOnly, onlyDigests, onlyJobs, indexes, oneRoleEach, fitting, unused, toldMissing,
		} {
			out = append(out, rule(tpl)...)
		}
		return append(append(append(append(out, alarms(tpl, program)...), described(tpl, manual)...), refusals(tpl, seen)...), unexplained(tpl, seen, reasons)...)
	}
}

// TestTheTemplateCannotChangeUnseen: each of these changes is found.
func TestTheTemplateCannotChangeUnseen(t *testing.T) {
	text, rules := readRepo(t, "infra/template.yaml"), theRules(t)
	for _, m := range mutations {
		block := regexp.MustCompile(`(?s)\n  ` + m.in + `:\n.*?(\n  \w+:|\n\w|\z)`).FindStringIndex(text)
		if block == nil {
			t.Errorf("the template has no %s", m.in)
			continue
		}
		was := text[block[0]:block[1]]
		now := strings.Replace(was, m.old, m.now, 1)
		if now == was {
			t.Errorf("%s has no %q", m.in, m.old)
			continue
		}
		found := strings.Join(rules(readStack(t, text[:block[0]]+now+text[block[1]:])), "\n")
		if !strings.Contains(found, m.finds) {
			t.Errorf("%s with %q: %q is not found, but %q", m.in, m.now, m.finds, found)
		}
	}
}
