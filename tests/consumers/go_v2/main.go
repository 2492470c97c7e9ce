// Uses the AWS SDK for Go v2 as a program would.
//
// usage: go_v2 PROFILE TIMES STS_URL
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	arn, err := call(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(arn)
}

func call(profile, times, url string) (string, error) {
	ctx := context.Background()
	// Also for the SDK's own requests, which assume the role of a profile.
	endpoint := aws.EndpointResolverWithOptionsFunc(func(_, _ string, _ ...any) (aws.Endpoint, error) {
		return aws.Endpoint{URL: url, SigningRegion: "us-east-1"}, nil
	})
	loaded, err := config.LoadDefaultConfig(
		ctx, config.WithSharedConfigProfile(profile), config.WithEndpointResolverWithOptions(endpoint))
	if err != nil {
		return "", err
	}
	client := sts.NewFromConfig(loaded)
	count, err := strconv.Atoi(times)
	if err != nil {
		return "", err
	}
	arn := ""
	for number := 0; number < count; number++ {
		identity, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil {
			return "", err
		}
		arn = *identity.Arn
	}
	return arn, nil
}
