// Uses the AWS SDK for Go v1 as a program would.
//
// usage: go_v1 PROFILE prints the access keys that it finds.
// usage: go_v1 PROFILE TIMES STS_URL calls GetCallerIdentity, and prints the answers.
package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/sts"
)

func main() {
	options := session.Options{Profile: os.Args[1], Config: aws.Config{Region: aws.String("us-east-1")}}
	opened, err := session.NewSessionWithOptions(options)
	end(err)
	if len(os.Args) == 2 {
		keys, err := opened.Config.Credentials.Get()
		end(err)
		fmt.Println(keys.AccessKeyID, keys.SecretAccessKey, keys.SessionToken)
		return
	}
	times, err := strconv.Atoi(os.Args[2])
	end(err)
	client := sts.New(opened, &aws.Config{Endpoint: &os.Args[3], MaxRetries: aws.Int(0)})
	for number := 0; number < times; number++ {
		identity, err := client.GetCallerIdentity(&sts.GetCallerIdentityInput{})
		end(err)
		fmt.Println(*identity.Arn)
	}
}

// Ends the program if there is an error.
func end(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}
