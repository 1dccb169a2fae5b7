package localcloud

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// permission is an action of IAM on a resource's physical name. Where a role may
// be held to some of the resource, " " follows and which of it was asked for:
// how a partition key of the table begins ("j#look/"), or a KMS key's
// encryption context ("case=look/"); "?" where the call does not say.
type permission struct{ action, resource string }

// actions are the permissions that a request needs, at least one. Sources: the
// service authorization reference, by service.
func actions(service string, r *http.Request, body []byte) []permission {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		_, name, _ := strings.Cut(target, ".")
		if service == "dynamodb" {
			return dynamoActions(name, body)
		}
		if service == "kms" {
			return []permission{{"kms:" + name, named(body, "KeyId") + " " + encryptionContext(body)}}
		}
		return []permission{{service + ":" + name, named(body, "stateMachineArn", "executionArn")}}
	}
	switch service {
	case "s3":
		return objectActions(r)
	case "lambda":
		return []permission{{"lambda:InvokeFunction", strings.Split(r.URL.Path+"////", "/")[3]}}
	case "ses":
		return []permission{{"ses:SendEmail", ""}}
	}
	return []permission{{service + ":" + r.Method + " " + r.URL.Path, ""}}
}

// named is the first of some fields of a JSON object that is there.
func named(body []byte, fields ...string) string {
	var object map[string]any
	if json.Unmarshal(body, &object) != nil {
		return ""
	}
	for _, f := range fields {
		if s, ok := object[f].(string); ok {
			return s
		}
	}
	return ""
}

// begins is how a name begins as far as all of its kind do; an Idempotency-Key
// is a person's own choice.
var begins = regexp.MustCompile(`^(?:[a-z]+$|f#|[a-z]+#(?:[a-z]+[_/#])?|[a-z]+[_/])`)

func beginning(name string) string {
	return cmp.Or(begins.FindString(name), "?")
}

// encryptionContext gives one pair; the program has no call with more.
func encryptionContext(body []byte) string {
	var read struct{ EncryptionContext map[string]string }
	if json.Unmarshal(body, &read) != nil || len(read.EncryptionContext) != 1 {
		return "?"
	}
	name := slices.Collect(maps.Keys(read.EncryptionContext))[0]
	return name + "=" + beginning(read.EncryptionContext[name])
}

// attributes are those of a row that a call may name its partition by.
type attributes map[string]struct{ S string }

// tableCall is what a call, or a part of a transaction, says of one table.
type tableCall struct {
	TableName, IndexName      string
	Key, Item                 attributes
	ExpressionAttributeValues attributes
}

// resource is the table with the beginning of the partition key; an index by
// itself, for its keys are other attributes.
func (a tableCall) resource() string {
	if a.IndexName != "" {
		return a.TableName + "/index/" + a.IndexName
	}
	return a.TableName + " " + beginning(cmp.Or(a.Key["pk"].S, a.Item["pk"].S, a.ExpressionAttributeValues[":pk"].S))
}

// dynamoActions takes a transaction apart: DynamoDB asks for the permission of
// each thing in it, not for one of its own.
func dynamoActions(name string, body []byte) []permission {
	var read struct {
		tableCall
		TransactItems []map[string]tableCall
		RequestItems  map[string]struct{ Keys []attributes }
	}
	if json.Unmarshal(body, &read) != nil {
		return []permission{{"dynamodb:" + name, ""}}
	}
	var out []permission
	for _, one := range read.TransactItems {
		for kind, of := range one {
			action := map[string]string{"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem", "Get": "GetItem"}[kind]
			out = append(out, permission{"dynamodb:" + action, of.resource()})
		}
	}
	for table, of := range read.RequestItems {
		for _, k := range of.Keys {
			out = append(out, permission{"dynamodb:" + name, tableCall{TableName: table, Key: k}.resource()})
		}
	}
	if len(out) == 0 {
		return []permission{{"dynamodb:" + name, read.resource()}}
	}
	slices.SortFunc(out, func(a, b permission) int { return strings.Compare(a.action+a.resource, b.action+b.resource) })
	return slices.Compact(out)
}

// numberedObject is one of many that a word and a number name.
var numberedObject = regexp.MustCompile(`^([a-z]+-)\d+$`)

// objectActions are S3's, for a request with its bucket in the path. An object
// whose name has a slash is one of a kind; the others go by hash or number.
func objectActions(r *http.Request) []permission {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	q := r.URL.Query()
	if key == "" {
		return []permission{{bucketAction(r.Method, q), bucket}}
	}
	resource := bucket + "/*"
	if m := numberedObject.FindStringSubmatch(key); m != nil {
		resource = bucket + "/" + m[1] + "*"
	}
	if strings.Contains(key, "/") {
		resource = bucket + "/" + key
	}
	switch r.Method {
	case http.MethodPut:
		out := []permission{{"s3:PutObject", resource}}
		if r.Header.Get("X-Amz-Copy-Source") != "" { // the program copies objects onto themselves
			out = append(out, permission{"s3:GetObject", resource})
		}
		if r.Header.Get("X-Amz-Object-Lock-Mode") != "" || q.Has("retention") {
			out = append(out, permission{"s3:PutObjectRetention", resource})
		}
		return out
	case http.MethodDelete:
		if q.Has("versionId") {
			return []permission{{"s3:DeleteObjectVersion", resource}}
		}
		return []permission{{"s3:DeleteObject", resource}}
	case http.MethodGet, http.MethodHead:
		if q.Has("versionId") {
			return []permission{{"s3:GetObjectVersion", resource}}
		}
		return []permission{{"s3:GetObject", resource}}
	}
	return []permission{{"s3:" + r.Method, resource}}
}

func bucketAction(method string, query map[string][]string) string {
	switch {
	case method == http.MethodHead || method == http.MethodGet && query["versions"] == nil:
		return "s3:ListBucket"
	case method == http.MethodGet:
		return "s3:ListBucketVersions"
	case query["delete"] != nil:
		return "s3:DeleteObject"
	}
	return "s3:" + method + "Bucket"
}
