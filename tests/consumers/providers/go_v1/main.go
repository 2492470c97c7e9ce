// Prints the access key id that the AWS SDK for Go v1 finds for each profile. Standard input has a JSON array
// of cases.
package main

import (
	"os"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/endpoints"
	"github.com/aws/aws-sdk-go/aws/session"

	"../cases"
)

func main() {
	cases.Each(accessKeyID)
}

func accessKeyID(one cases.Case) (string, error) {
	url := os.Getenv("AWS_ENDPOINT_URL_STS")
	resolver := endpoints.ResolverFunc(
		func(string, string, ...func(*endpoints.Options)) (endpoints.ResolvedEndpoint, error) {
			return endpoints.ResolvedEndpoint{URL: url, SigningRegion: "us-east-1"}, nil
		})
	options := session.Options{
		Config: aws.Config{Region: aws.String("us-east-1"), EndpointResolver: resolver},
	}
	if one.Named {
		options.Profile = one.Profile
	}
	opened, err := session.NewSessionWithOptions(options)
	if err != nil {
		return "", err
	}
	keys, err := opened.Config.Credentials.Get()
	return keys.AccessKeyID, err
}
