package archtest

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// layer says what the packages under a path may import of ours. The most
// precise path counts; a package without a layer has no place yet.
type layer struct {
	path string
	may  []string
}

// layers are design §10 as data: cmd, functions → boot → adapters, web →
// casework → takedown, law, calendar, notice, directory, audit.
var layers = []layer{
	{"internal/takedown", nil},
	{"internal/calendar", []string{"internal/takedown"}},
	{"internal/law", []string{"internal/calendar", "internal/takedown"}},
	{"internal/notice", []string{"internal/calendar", "internal/takedown", "templates"}},
	{"internal/directory", []string{"internal/takedown"}},
	{"internal/audit", []string{"internal/takedown"}},
	{"internal/correspondence", []string{"internal/takedown"}},
	{"internal/bundle", nil},
	{"internal/filemeta", nil},
	{"internal/evaluation", []string{"internal/takedown", "internal/law"}},
	{"internal/casework", []string{
		"internal/takedown", "internal/law", "internal/calendar", "internal/notice", "internal/directory", "internal/audit",
		"internal/correspondence", "internal/evaluation", "internal/bundle", "internal/filemeta",
	}},
	{"internal/evidence/fetch", ports},
	{"internal/store", append([]string{"internal/audit"}, ports...)},
	{"internal/engine", append([]string{"internal/engine/asl"}, ports...)},
	{"internal/engine/asl", nil},
	// The suite's contract is written in the words of the first adapter.
	{"internal/engine/enginetest", append([]string{"internal/engine/localengine"}, ports...)},
	{"internal/mail", append([]string{"internal/mail/compose"}, ports...)},
	{"internal/blob", append([]string{"internal/audit"}, ports...)},
	{"internal/keys", append([]string{"internal/keys/casekey"}, ports...)},
	{"internal/moving", append([]string{"internal/audit", "internal/keys/casekey"}, ports...)},
	{"internal/store/dynamostore/dynamowhole", append([]string{"internal/store/dynamostore"}, ports...)},
	{"internal/lambdahost", ports},
	{"internal/audit/audittest", []string{"internal/audit", "internal/takedown"}},
	{"internal/web", ports},
	{"internal/boot", append([]string{
		"statemachines", "internal/audit", "internal/law", "internal/engine/asl", "internal/web/api", "internal/web/console", "internal/moving",
	}, append(adapters, ports...)...)},
	{"cmd", []string{
		"internal/boot/local", "internal/boot/cloudmove", "internal/moving", "internal/boot/cloudcheck", "internal/web/api", "internal/audit", "internal/law", "internal/calendar", "internal/directory", "internal/takedown", "internal/engine/draw", "statemachines", "internal/witness", "internal/localcloud", "internal/boot/cloud",
	}},
	{"internal/boot/cloudmove", append([]string{"internal/boot/cloud", "internal/moving", "internal/store/dynamostore/dynamowhole", "internal/audit", "internal/blob/s3blob", "internal/keys/kmskeys"}, ports...)},
	{"internal/boot/cloud/fetching", []string{"internal/boot/cloud", "internal/evidence/fetch"}},
	{"internal/boot/cloud/mailing", []string{"internal/boot/cloud", "internal/mail/smtpmail", "internal/mail/sesmail", "internal/takedown"}},
	{"internal/boot/cloud/receiving", []string{"internal/boot/cloud", "internal/casework", "internal/mail/sesin"}},
	{"internal/boot/cloud/httpapi", append([]string{"internal/boot/cloud", "internal/boot/cloud/looking", "internal/blob/s3blob", "internal/web/api", "internal/web/gateway", "internal/web/oidcauth"}, ports...)},
	{"internal/boot/cloud/looking", append([]string{"internal/boot/cloud"}, ports...)},
	{"functions", []string{"internal/boot/cloud", "internal/boot/cloud/looking", "internal/boot/cloud/fetching", "internal/boot/cloud/mailing", "internal/boot/cloud/receiving", "internal/boot/cloud/httpapi"}},
	{"statemachines", nil},
	{"templates", nil},
	{"internal/skip", nil},
	{"internal/witness", nil},
	{"internal/localcloud", []string{"internal/lambdahost", "internal/takedown", "internal/witness"}},
	{"internal/archtest", nil},
}

// ports is what an adapter sees: the ports and the nouns.
var ports = []string{"internal/casework", "internal/takedown"}

// adapters fill the ports. Only boot knows them, and tests.
var adapters = []string{
	"internal/store/sqlitestore", "internal/store/dynamostore", "internal/engine/localengine", "internal/engine/stepfn",
	"internal/mail/smtpmail", "internal/mail/smtpin", "internal/mail/imapin", "internal/mail/dirmail", "internal/mail/sesmail", "internal/mail/sesin", "internal/blob/dirblob", "internal/blob/s3blob",
	"internal/keys/filekeys", "internal/keys/kmskeys", "internal/evidence/fetch", "internal/lambdahost",
}

// under reports whether a package lies at or below a path.
func under(pkg, path string) bool { return pkg == path || strings.HasPrefix(pkg, path+"/") }

func layerOf(path string) (layer, bool) {
	var best layer
	found := false
	for _, l := range layers {
		if under(path, l.path) && (!found || len(l.path) > len(best.path)) {
			best, found = l, true
		}
	}
	return best, found
}

// oneDirection: imports of the program, tests apart, follow the layers.
func oneDirection(pkgs []pkg, internal func(string) bool) []string {
	var out []string
	for _, p := range pkgs {
		l, ok := layerOf(p.Path)
		if !ok {
			out = append(out, p.Path+" stands in no layer: give it one")
			continue
		}
		for _, i := range p.Imports {
			if internal(i) && !slices.Contains(l.may, i) {
				out = append(out, p.Path+" may not import "+i)
			}
		}
	}
	return out
}

func isOurs(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return slices.Contains([]string{"internal", "cmd", "functions", "statemachines", "templates"}, first)
}

// onlyBy: a package is imported by nobody else, tests included, except its own.
func onlyBy(pkgs []pkg, target string, who ...string) []string {
	var out []string
	for _, p := range pkgs {
		if p.Path == target || slices.Contains(who, p.Path) {
			continue
		}
		if slices.Contains(slices.Concat(p.Imports, p.TestImports, p.XTestImports), target) {
			out = append(out, p.Path+" may not import "+target)
		}
	}
	return out
}

// neverLinked: nothing under a path links a package, by whatever way.
func neverLinked(pkgs []pkg, path string, targets ...string) []string {
	var out []string
	for _, p := range pkgs {
		if !under(p.Path, path) {
			continue
		}
		for _, d := range p.Deps {
			if slices.ContainsFunc(targets, func(t string) bool { return under(d, t) }) {
				out = append(out, p.Path+" links "+d)
			}
		}
	}
	return out
}

// suitesAreTests: the program itself links no suite and no package testing.
func suitesAreTests(pkgs []pkg) []string {
	return slices.Concat(neverLinked(pkgs, "cmd", "testing"), neverLinked(pkgs, "functions", "testing"))
}

// names: no package is a drawer for the rest.
func names(pkgs []pkg) []string {
	var out []string
	for _, p := range pkgs {
		for _, part := range append(strings.Split(p.Path, "/"), p.Name) {
			if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "types", "models", "misc", "shared", "base"}, part) {
				out = append(out, p.Path+" says nothing of what it holds")
				break
			}
		}
	}
	return out
}

const (
	fetcher  = "internal/evidence/fetch"
	composer = "github.com/jordan-wright/email"
)

var sqlite = []string{"modernc.org/sqlite", "internal/store/sqlitestore", "internal/engine/localengine"}

func TestImportsPointOneWay(t *testing.T) {
	holds(t, oneDirection(packages(t), isOurs))
	bites(t, oneDirection([]pkg{
		{Path: "internal/takedown", Imports: []string{"time", "internal/law"}},
		{Path: "internal/law", Imports: []string{"internal/takedown", "internal/casework"}},
		{Path: "internal/casework", Imports: []string{"internal/law", "internal/store/sqlitestore"}},
		{Path: "internal/web/api", Imports: []string{"internal/casework", "internal/store/sqlitestore"}},
		{Path: "internal/blob/dirblob", Imports: []string{"internal/casework", "internal/keys/filekeys"}},
		{Path: "internal/boot/local", Imports: []string{"internal/blob/dirblob", "cmd/takedown"}},
		{Path: "cmd/takedown", Imports: []string{"internal/boot/local", "internal/casework"}},
		{Path: "functions/sweep", Imports: []string{"internal/boot/cloud", "internal/boot/local"}},
		{Path: "internal/novelty", Imports: []string{"time"}},
	}, isOurs),
		"cmd/takedown may not import internal/casework",
		"functions/sweep may not import internal/boot/local",
		"internal/blob/dirblob may not import internal/keys/filekeys",
		"internal/boot/local may not import cmd/takedown",
		"internal/casework may not import internal/store/sqlitestore",
		"internal/law may not import internal/casework",
		"internal/novelty stands in no layer",
		"internal/takedown may not import internal/law",
		"internal/web/api may not import internal/store/sqlitestore",
	)
}

func TestForeignPagesHaveOneDoor(t *testing.T) {
	holds(t, onlyBy(packages(t), fetcher, "internal/boot/local", "internal/boot/cloud/fetching"))
	bites(t, onlyBy([]pkg{
		{Path: fetcher, XTestImports: []string{fetcher}},
		{Path: "internal/boot/local", Imports: []string{fetcher}},
		{Path: "internal/casework", XTestImports: []string{fetcher}},
	}, fetcher, "internal/boot/local"), "internal/casework may not import")
}

func TestMailIsComposedInOnePlace(t *testing.T) {
	holds(t, onlyBy(packages(t), composer, "internal/mail/compose"))
	bites(t, onlyBy([]pkg{
		{Path: "internal/mail/compose", Imports: []string{composer}},
		{Path: "internal/mail/smtpmail", TestImports: []string{composer}},
	}, composer, "internal/mail/compose"), "internal/mail/smtpmail may not import")
	used := slices.ContainsFunc(packages(t), func(p pkg) bool { return slices.Contains(p.Imports, composer) })
	if !used {
		t.Error("nobody composes mail: the rule holds for nothing")
	}
}

func TestFunctionsLinkNoSQLite(t *testing.T) {
	holds(t, neverLinked(packages(t), "functions", sqlite...))
	bites(t, neverLinked([]pkg{
		{Path: "cmd/takedown", Deps: []string{"modernc.org/sqlite/lib"}},
		{Path: "functions/sweep", Deps: []string{"os", "modernc.org/sqlite/lib"}},
	}, "functions", sqlite...), "functions/sweep links modernc.org/sqlite/lib")
	if len(neverLinked(packages(t), "cmd", sqlite...)) == 0 {
		t.Error("the program links no SQLite: the rule knows it by another name")
	}
}

// parts is what only some functions link, with those that do.
var parts = map[string][]string{
	"internal/mail":                          {"functions/send-document", "functions/send-digest", "functions/receive-mail", "functions/mail-event"},
	"internal/mail/sesin":                    {"functions/receive-mail", "functions/mail-event"},
	composer:                                 {"functions/send-document", "functions/send-digest"},
	"internal/evidence/fetch":                {"functions/verify-content"},
	"internal/web":                           {"functions/api"},
	"github.com/coreos/go-oidc":              {"functions/api"},
	"github.com/danielgtaylor/huma":          {"functions/api"},
	"internal/boot/local":                    nil,
	"internal/boot/cloudmove":                nil,
	"internal/moving":                        nil, // no function reads a whole deployment
	"internal/store/dynamostore/dynamowhole": nil,
	"internal/keys/filekeys":                 nil,
	"internal/blob/dirblob":                  nil,
	"github.com/emersion/go-smtp":            nil,
	"github.com/alecthomas/kong":             nil,
	"internal/lambdahost":                    nil,
	"github.com/aws/aws-sdk-go-v2/config":    nil,
}

// everywhere is what each function links although not each needs it, for
// internal/casework is one package. docs/performance.md says so.
var everywhere = []string{
	"internal/notice", "templates", "codeberg.org/go-pdf/fpdf", "internal/engine/stepfn", awsServices + "sfn", "internal/blob/s3blob", "internal/keys/kmskeys",
}

// leaner names functions that do not link what all are said to: a gain, after
// which the list is wrong.
func leaner(pkgs []pkg, everywhere []string) []string {
	var out []string
	for _, p := range pkgs {
		for _, target := range everywhere {
			if under(p.Path, "functions") && len(neverLinked([]pkg{p}, "functions", target)) == 0 {
				out = append(out, p.Path+" does not link "+target+" any more: say who does in parts")
			}
		}
	}
	return out
}

// linksItsOwn: a function links what it uses, and not what another one does.
func linksItsOwn(pkgs []pkg, parts map[string][]string) []string {
	var out []string
	for _, target := range slices.Sorted(maps.Keys(parts)) {
		for _, p := range pkgs {
			if under(p.Path, "functions") && !slices.Contains(parts[target], p.Path) {
				out = append(out, neverLinked([]pkg{p}, "functions", target)...)
			}
		}
	}
	return out
}

func TestFunctionsLinkWhatTheyUse(t *testing.T) {
	holds(t, linksItsOwn(packages(t), parts))
	bites(t, linksItsOwn([]pkg{
		{Path: "functions/sweep", Deps: []string{"os", "internal/mail/compose"}},
		{Path: "functions/send-document", Deps: []string{"internal/mail/compose", "internal/web/api"}},
		{Path: "cmd/takedown", Deps: []string{"internal/mail/compose"}},
	}, parts), "functions/send-document links internal/web/api", "functions/sweep links internal/mail/compose")
	for _, p := range packages(t) {
		for target, who := range parts {
			if slices.Contains(who, p.Path) && len(neverLinked([]pkg{p}, "functions", target)) == 0 {
				t.Errorf("%s does not link %s: the rule knows it by another name", p.Path, target)
			}
		}
	}
}

func TestWhatEveryFunctionLinksIsKnown(t *testing.T) {
	holds(t, leaner(packages(t), everywhere))
	bites(t, leaner([]pkg{{Path: "functions/sweep", Deps: []string{"templates"}}, {Path: "cmd/takedown"}}, []string{"templates", "internal/notice"}),
		"functions/sweep does not link internal/notice any more")
	manual := readRepo(t, "docs/performance.md")
	for _, name := range []string{"internal/notice", "fpdf", "internal/engine/stepfn"} {
		if !strings.Contains(manual, name) {
			t.Errorf("docs/performance.md does not say that every function links %s", name)
		}
	}
}

func TestProgramsLinkNoTests(t *testing.T) {
	holds(t, suitesAreTests(packages(t)))
	bites(t, suitesAreTests([]pkg{{Path: "cmd/takedown", Deps: []string{"os", "testing"}}}), "cmd/takedown links testing")
}

func TestPackagesHaveNames(t *testing.T) {
	holds(t, names(packages(t)))
	bites(t, names([]pkg{{Path: "internal/util", Name: "util"}, {Path: "internal/law/x", Name: "types"}, {Path: "internal/law", Name: "law"}}),
		"internal/law/x", "internal/util")
}
