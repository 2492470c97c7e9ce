//! The SDK's two clients, with everything off that would ask or do something
//! behind our back: retries, time-outs, stream watching, shared configuration.

use std::sync::Arc;

use super::endpoints::Endpoint;
use super::transport::Transport;

/// Both crates are generated alike, and share no type that says so.
macro_rules! client {
    ($name:ident, $sdk:ident) => {
        pub(super) fn $name(transport: &Arc<Transport>, endpoint: &Result<Endpoint, String>) -> $sdk::Client {
            use $sdk::config::retry::RetryConfig;
            use $sdk::config::timeout::TimeoutConfig;
            use $sdk::config::{AppName, BehaviorVersion, Config, StalledStreamProtectionConfig};

            let mut config = Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .http_client(transport.client())
                .retry_config(RetryConfig::disabled())
                .timeout_config(TimeoutConfig::disabled())
                .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
            config.set_app_name(AppName::new(env!("CARGO_PKG_NAME")).ok());
            if let Ok(endpoint) = endpoint {
                config = config.endpoint_resolver(endpoint.clone());
            }
            $sdk::Client::from_conf(config.build())
        }
    };
}
client!(portal, aws_sdk_sso);
client!(oidc, aws_sdk_ssooidc);
