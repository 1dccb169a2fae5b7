package lambdahost

import (
	"regexp"
	"strings"
)

// namePath is the API's own pattern for FunctionName [api]: a name, a partial
// or a whole ARN, each with or without a qualifier.
var namePath = regexp.MustCompile(
	`^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?` +
		`([a-zA-Z0-9_-]+)(?::(\$LATEST|[a-zA-Z0-9_-]+))?$`)

// find gives the function that a name and a qualifier mean, and the ARN under
// which it was called.
func (h *Host) find(name, qualifier string) (*function, string, error) {
	m := namePath.FindStringSubmatch(name)
	if m == nil || len(name) > 256 {
		return nil, "", invalidParameter("The function name is not a name, a partial ARN or an ARN of a function.")
	}
	region, account, short, inName := m[1], m[2], m[3], m[4]
	if inName != "" && qualifier != "" && inName != qualifier {
		return nil, "", invalidParameter("The derived qualifier from the function name does not match the specified qualifier.")
	}
	qualifier = orElse(inName, qualifier)
	arn := h.arn(orElse(region, h.cfg.Region), orElse(account, h.cfg.Account), short)
	if qualifier != "" {
		arn += ":" + qualifier
	}
	fn, ok := h.functions[short]
	if !ok || !strings.HasPrefix(arn, fn.arn) || qualifier != "" && qualifier != latest {
		return nil, "", notFound(arn)
	}
	return fn, arn, nil
}

func (h *Host) arn(region, account, name string) string {
	return "arn:aws:lambda:" + region + ":" + account + ":function:" + name
}
