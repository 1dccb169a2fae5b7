package archtest

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

const awsServices = "github.com/aws/aws-sdk-go-v2/service/"

// speakers are the packages that speak to a service of AWS: its adapter, what
// checks an account (cloudcheck), and what plays one on this machine
// (localcloud). Tests may speak to any.
var speakers = map[string][]string{
	"dynamodb": {"internal/store/dynamostore", "internal/store/dynamostore/dynamotest", "internal/store/dynamostore/dynamowhole", "internal/localcloud"},
	"s3":       {"internal/blob/s3blob", "internal/keys/kmskeys", "internal/mail/sesin", "internal/localcloud"},
	"kms":      {"internal/keys/kmskeys", "internal/localcloud"},
	"sesv2":    {"internal/mail/sesmail", "internal/boot/cloudcheck"},
	"sfn":      {"internal/engine/stepfn", "internal/localcloud"},
	"lambda":   {"internal/boot/cloud/looking", "internal/boot/cloudcheck", "internal/boot/cloudmove"},
}

// speaksForeign names packages that speak to a service which is another's, or
// which nobody is known to speak to.
func speaksForeign(pkgs []pkg, speakers map[string][]string) []string {
	var out []string
	for _, p := range pkgs {
		for _, target := range p.Imports {
			rest, ok := strings.CutPrefix(target, awsServices)
			if !ok {
				continue
			}
			service, _, _ := strings.Cut(rest, "/")
			if !slices.Contains(speakers[service], p.Path) {
				out = append(out, p.Path+" may not import "+target)
			}
		}
	}
	return out
}

func TestEachServiceOfAWSHasItsAdapter(t *testing.T) {
	holds(t, speaksForeign(packages(t), speakers))
	bites(t, speaksForeign([]pkg{
		{Path: "internal/blob/s3blob", Imports: []string{awsServices + "s3", awsServices + "s3/types"}},
		{Path: "internal/casework", Imports: []string{awsServices + "s3/types"}, TestImports: []string{awsServices + "kms"}},
		{Path: "internal/mail/sesmail", Imports: []string{awsServices + "sns"}},
	}, speakers), "internal/casework may not import "+awsServices+"s3/types", "internal/mail/sesmail may not import "+awsServices+"sns")
	for _, service := range slices.Sorted(maps.Keys(speakers)) {
		if !slices.ContainsFunc(packages(t), func(p pkg) bool { return slices.Contains(p.Imports, awsServices+service) }) {
			t.Errorf("nobody speaks to %s: the rule holds for nothing", service)
		}
	}
}
