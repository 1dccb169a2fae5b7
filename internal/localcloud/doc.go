// Package localcloud runs the shape for AWS on this machine, without an
// account: infra/template.yaml as the SAM translator reads it, its table on
// DynamoDB Local, its buckets and keys on moto, its state machines on
// LocalStack, and its compiled functions behind lambdahost, with an HTTP front
// that speaks to them as API Gateway does. There is no second definition: what
// the template does not say is not there.
//
// What is not played: identity and permissions (calls are recorded instead, so
// that a test can hold them against the roles), the JWT authorizer, SES (mail
// goes by SMTP), alarms, dead-letter queues.
package localcloud
