// Prints the access key id that the AWS SDK for JavaScript finds for each profile.
//
// usage: node js.cjs v3|v2, with a JSON array of cases on standard input. The modules come from NODE_PATH.
const url = process.env.AWS_ENDPOINT_URL_STS;

async function v3(profile, named) {
  const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
  const sts = new STSClient({ region: "us-east-1", maxAttempts: 1, ...(named ? { profile } : {}) });
  return (await sts.send(new GetCallerIdentityCommand({}))).UserId;
}

// Its programs cannot name a profile for the whole chain.
async function v2() {
  const AWS = require("aws-sdk");
  AWS.config.update({ region: "us-east-1", sso: { endpoint: url }, sts: { endpoint: url } });
  return (await new AWS.CredentialProviderChain().resolvePromise()).accessKeyId;
}

async function main([version]) {
  // A busy machine takes seconds to read the modules.
  require(version === "v3" ? "@aws-sdk/client-sts" : "aws-sdk");
  const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const before = { ...process.env };
  for (const { profile, named, environment } of cases) {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before, environment);
    const late = new Promise((_, reject) => setTimeout(reject, 60000, new Error("no answer")));
    const answer = await Promise.race([{ v3, v2 }[version](profile, named), late])
      .then((key) => ({ key }), (error) => ({ error: `${error.name}: ${error.message}` }));
    console.log(JSON.stringify(answer));
  }
  process.exit(0);
}

main(process.argv.slice(2));
