// Command hello is the least that a compiled function can be: the measure for
// the cold start of ours.
package main

import "github.com/aws/aws-lambda-go/lambda"

func main() {
	lambda.Start(func() (string, error) { return "hello", nil })
}
