//! Calls GetCallerIdentity through the AWS SDK for Rust, and prints the answers.
//!
//! usage: calls PROFILE TIMES STS_URL

use std::error::Error;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_sts::error::DisplayErrorContext;
use aws_smithy_http_client::Builder;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [profile, times, url] = arguments.as_slice() else {
        return Err("usage: calls PROFILE TIMES STS_URL".into());
    };
    let config = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .profile_name(profile)
        .http_client(Builder::new().build_http())
        .load()
        .await;
    let settings = aws_sdk_sts::config::Builder::from(&config).endpoint_url(url).build();
    let client = aws_sdk_sts::Client::from_conf(settings);
    for _ in 0..times.parse()? {
        match client.get_caller_identity().send().await {
            Ok(identity) => println!("{}", identity.arn().unwrap_or_default()),
            Err(error) => {
                eprintln!("{}", DisplayErrorContext(&error));
                std::process::exit(1);
            }
        }
    }
    Ok(())
}
