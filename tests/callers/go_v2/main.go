// Uses the AWS SDK for Go v2 as a program would.
//
// usage: go_v2 PROFILE TIMES STS_URL
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

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
	loaded, err := config.LoadDefaultConfig(ctx, config.WithSharedConfigProfile(profile))
	if err != nil {
		return "", err
	}
	client := sts.NewFromConfig(loaded, sts.WithEndpointResolver(sts.EndpointResolverFromURL(url)))
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
