# Prints the access key id that the AWS SDK for Ruby finds for each profile. Standard input has a JSON array of cases.
require "json"
require "aws-sdk-core"

url = ENV["AWS_ENDPOINT_URL_STS"]
before = ENV.to_h
JSON.parse($stdin.read).each do |example|
  ENV.replace(before.merge(example["environment"]))
  answer =
    begin
      Aws.shared_config.fresh(config_enabled: true)
      Aws.config.replace(region: "us-east-1", sso: { endpoint: url }, sts: { endpoint: url })
      options = example["named"] ? { profile: example["profile"] } : {}
      found = Aws::STS::Client.new(**options).config.credentials
      found ? { key: found.credentials.access_key_id } : { error: "no credentials" }
    rescue StandardError => error
      { error: "#{error.class}: #{error.message}" }
    end
  puts JSON.generate(answer)
end
