//! Prints the access key id that the AWS SDK for Rust finds for each profile, for `tests/consumers/providers.py`.
//!
//! Standard input has a JSON array of cases: `profile`, whether the program names it (`named`), and
//! variables for the environment (`environment`).

use std::error::Error;

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::provider::{error::CredentialsError, ProvideCredentials};
use aws_smithy_http_client::Builder;
use serde_json::{json, Value};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let cases: Vec<Value> = serde_json::from_reader(std::io::stdin())?;
    for case in &cases {
        let profile = case["profile"].as_str().unwrap_or_default();
        let variables: Vec<(&str, &str)> = case["environment"]
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
            .collect();
        let before: Vec<_> = variables.iter().map(|(name, _)| (*name, std::env::var_os(name))).collect();
        for (name, value) in &variables {
            std::env::set_var(name, value);
        }
        let answer = match access_key_id(profile, case["named"] == true).await {
            Ok(key) => json!({ "key": key }),
            Err(error) => json!({ "error": error }),
        };
        println!("{answer}");
        for (name, value) in before {
            match value {
                Some(value) => std::env::set_var(name, value),
                None => std::env::remove_var(name),
            }
        }
    }
    Ok(())
}

async fn access_key_id(profile: &str, named: bool) -> Result<String, String> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .http_client(Builder::new().build_http());
    if named {
        loader = loader.profile_name(profile);
    }
    let config = loader.load().await;
    let provider = config.credentials_provider().ok_or("no provider")?;
    let credentials = provider.provide_credentials().await.map_err(|error| words(&error))?;
    Ok(credentials.access_key_id().to_owned())
}

fn words(error: &CredentialsError) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}
