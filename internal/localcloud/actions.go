package localcloud

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// permission is an action of IAM on a resource's physical name.
type permission struct{ action, resource string }

// actions are the permissions that a request needs, at least one. Sources: the
// service authorization reference, by service.
func actions(service string, r *http.Request, body []byte) []permission {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		_, name, _ := strings.Cut(target, ".")
		if service == "dynamodb" {
			return dynamoActions(name, body)
		}
		return []permission{{service + ":" + name, named(body, "stateMachineArn", "executionArn", "KeyId")}}
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

// item is a part of a transaction.
type item struct{ TableName string }

// dynamoActions takes a transaction apart: DynamoDB asks for the permission of
// each thing in it, not for one of its own.
func dynamoActions(name string, body []byte) []permission {
	var read struct {
		TableName, IndexName string
		TransactItems        []map[string]item
		RequestItems         map[string]json.RawMessage
	}
	if json.Unmarshal(body, &read) != nil {
		return []permission{{"dynamodb:" + name, ""}}
	}
	var out []permission
	for _, one := range read.TransactItems {
		for kind, of := range one {
			action := map[string]string{"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem", "Get": "GetItem"}[kind]
			out = append(out, permission{"dynamodb:" + action, of.TableName})
		}
	}
	for table := range read.RequestItems {
		out = append(out, permission{"dynamodb:" + name, table})
	}
	if len(out) == 0 {
		resource := read.TableName
		if read.IndexName != "" {
			resource += "/index/" + read.IndexName
		}
		return []permission{{"dynamodb:" + name, resource}}
	}
	slices.SortFunc(out, func(a, b permission) int { return strings.Compare(a.action+a.resource, b.action+b.resource) })
	return slices.Compact(out)
}

// objectActions are S3's, for a request with its bucket in the path. An object
// whose name has a slash is one of a kind; the others go by hash or number.
func objectActions(r *http.Request) []permission {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	q := r.URL.Query()
	if key == "" {
		return []permission{{bucketAction(r.Method, q), bucket}}
	}
	resource := bucket + "/*"
	if strings.Contains(key, "/") {
		resource = bucket + "/" + key
	}
	switch r.Method {
	case http.MethodPut:
		out := []permission{{"s3:PutObject", resource}}
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
