package cloud

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// amazon reads what Lambda itself gives every function. The SDK's own loader
// knows files, roles and single sign-on too, none of which a function has; it
// would link them all and read files at each cold start.
func amazon(e *Environment) aws.Config {
	cfg := aws.Config{
		Region: e.Needed("AWS_REGION"),
		Credentials: credentials.NewStaticCredentialsProvider(
			e.Needed("AWS_ACCESS_KEY_ID"), e.Needed("AWS_SECRET_ACCESS_KEY"), e.Optional("AWS_SESSION_TOKEN")),
		ConfigSources: []any{endpoints{e.get}},
	}
	if url := e.Optional("AWS_ENDPOINT_URL"); url != "" {
		cfg.BaseEndpoint = &url
	}
	return cfg
}

// endpoints gives the SDK its own variables for one service's endpoint:
// AWS_ENDPOINT_URL_DYNAMODB and so on (AWS SDKs and Tools Reference Guide,
// "Service-specific endpoints").
type endpoints struct{ get func(string) string }

// GetServiceBaseEndpoint is what the SDK's clients ask for.
func (s endpoints) GetServiceBaseEndpoint(_ context.Context, sdkID string) (string, bool, error) {
	url := s.get("AWS_ENDPOINT_URL_" + strings.ReplaceAll(strings.ToUpper(sdkID), " ", "_"))
	return url, url != "", nil
}
