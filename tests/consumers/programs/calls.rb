# Calls GetCallerIdentity through the AWS SDK for Ruby, and prints the answers.
#
# usage: calls.rb PROFILE TIMES STS_URL
require "aws-sdk-core"

profile, times, url = ARGV
sts = Aws::STS::Client.new(profile: profile, region: "us-east-1", endpoint: url, retry_limit: 0)
Integer(times).times { puts sts.get_caller_identity.arn }
