// Prints the access key id that the AWS SDK for Go v2 finds for each profile. Standard input has a JSON array
// of cases.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"../cases"
)

func main() {
	cases.Each(accessKeyID)
}

func accessKeyID(one cases.Case) (string, error) {
	ctx := context.Background()
	url := os.Getenv("AWS_ENDPOINT_URL_STS")
	// This version does not know AWS_ENDPOINT_URL_SSO.
	endpoint := aws.EndpointResolverWithOptionsFunc(func(_, _ string, _ ...any) (aws.Endpoint, error) {
		return aws.Endpoint{URL: url, SigningRegion: "us-east-1"}, nil
	})
	options := []func(*config.LoadOptions) error{
		config.WithRegion("us-east-1"), config.WithEndpointResolverWithOptions(endpoint)}
	if one.Named {
		options = append(options, config.WithSharedConfigProfile(one.Profile))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return "", err
	}
	keys, err := loaded.Credentials.Retrieve(ctx)
	return keys.AccessKeyID, err
}
