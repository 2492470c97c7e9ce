// Package cases reads the cases of a JSON array on standard input, and prints what a program finds in each.
package cases

import (
	"encoding/json"
	"os"
	"strings"
)

// Case is a profile in an environment. Named: the program names the profile, and AWS_PROFILE does not.
type Case struct {
	Profile     string
	Named       bool
	Environment map[string]string
}

// Each prints the access key id of each case, or the error.
func Each(accessKeyID func(Case) (string, error)) {
	var all []Case
	if err := json.NewDecoder(os.Stdin).Decode(&all); err != nil {
		panic(err)
	}
	before := os.Environ()
	for _, one := range all {
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
