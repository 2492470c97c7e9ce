// Calls GetCallerIdentity through the AWS SDK for JavaScript v2, and prints the answers.
//
// usage: node js_v2.cjs TIMES STS_URL, with AWS_PROFILE and AWS_SDK_LOAD_CONFIG=1. The module comes from NODE_PATH.
const AWS = require("aws-sdk");

async function main([times, endpoint]) {
  const sts = new AWS.STS({ region: "us-east-1", endpoint, maxRetries: 0 });
  for (let number = 0; number < Number(times); number += 1) {
    console.log((await sts.getCallerIdentity().promise()).Arn);
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exit(1);
});
