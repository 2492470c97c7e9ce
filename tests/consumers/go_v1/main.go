// Prints the access keys that the AWS SDK for Go v1 finds for a profile.
//
// usage: go_v1 PROFILE
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/session"
)

func main() {
	options := session.Options{Profile: os.Args[1], Config: aws.Config{Region: aws.String("us-east-1")}}
	opened, err := session.NewSessionWithOptions(options)
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	keys, err := opened.Config.Credentials.Get()
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(keys.AccessKeyID, keys.SecretAccessKey, keys.SessionToken)
}
