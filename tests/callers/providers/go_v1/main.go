// Prints the access key id that the AWS SDK for Go v1 finds for each profile. Standard input has a JSON array
// of cases.
package main

import (
	"encoding/json"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/endpoints"
	"github.com/aws/aws-sdk-go/aws/session"
)

type example struct {
	Profile     string
	Named       bool
	Environment map[string]string
}

func main() {
	var examples []example
	if err := json.NewDecoder(os.Stdin).Decode(&examples); err != nil {
		panic(err)
	}
	before := os.Environ()
	for _, one := range examples {
		for name, value := range one.Environment {
			os.Setenv(name, value)
		}
		key, err := accessKeyID(one)
		answer := map[string]string{"key": key}
		if err != nil {
			answer = map[string]string{"error": err.Error()}
		}
		json.NewEncoder(os.Stdout).Encode(answer)
		os.Clearenv()
		for _, variable := range before {
			name, value, _ := strings.Cut(variable, "=")
			os.Setenv(name, value)
		}
	}
}

func accessKeyID(one example) (string, error) {
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
