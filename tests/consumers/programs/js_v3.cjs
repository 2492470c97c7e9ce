// Uses the AWS SDK for JavaScript v3 as a program would, and prints one line of JSON.
//
// usage: node js_v3.cjs chain|ini TIMES STS_URL, with AWS_PROFILE set. The modules come from NODE_PATH.
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
const { fromIni } = require("@aws-sdk/credential-providers");

async function main([provider, times, endpoint]) {
  const options = { region: "us-east-1", endpoint, maxAttempts: 1 };
  if (provider === "ini") {
    options.credentials = fromIni({ profile: process.env.AWS_PROFILE });
  }
  const sts = new STSClient(options);
  let arn;
  for (let number = 0; number < Number(times); number += 1) {
    ({ Arn: arn } = await sts.send(new GetCallerIdentityCommand({})));
  }
  return { arn };
}

main(process.argv.slice(2))
  .catch((error) => ({ error: error.message }))
  .then((answer) => {
    console.log(JSON.stringify(answer));
    // Standard input may still be open and would keep the process running.
    process.exit(answer.error ? 1 : 0);
  });
