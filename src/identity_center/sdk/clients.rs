//! Builds the SDK's two clients without what this program does itself or does not want: retries,
//! time-outs, stalled-stream protection, shared configuration, and the SDK's user agent.

use std::sync::Arc;

use aws_runtime::user_agent::UserAgentInterceptor;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, disable_interceptor};
use aws_smithy_types::config_bag::ConfigBag;

use super::connector;
use super::endpoints::Endpoint;
use crate::https::transport::Transport;

/// The two crates have the same interface, but no common trait.
macro_rules! client {
    ($name:ident, $sdk:ident) => {
        pub(super) fn $name(transport: &Arc<Transport>, endpoint: &Result<Endpoint, String>) -> $sdk::Client {
            use $sdk::config::retry::RetryConfig;
            use $sdk::config::timeout::TimeoutConfig;
            use $sdk::config::{BehaviorVersion, Config, StalledStreamProtectionConfig};

            let mut config = Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .http_client(connector::client(transport))
                .retry_config(RetryConfig::disabled())
                .timeout_config(TimeoutConfig::disabled())
                .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
                .interceptor(WithoutUserAgent);
            if let Ok(endpoint) = endpoint {
                config = config.endpoint_resolver(endpoint.clone());
            }
            $sdk::Client::from_conf(config.build())
        }
    };
}
client!(portal, aws_sdk_sso);
client!(oidc, aws_sdk_ssooidc);

/// Switches the SDK's user agent off: `transport` sets this program's. The SDK's is made of
/// `AWS_EXECUTION_ENV`, which describes the calling program; a newline in it would break every
/// request.
#[derive(Debug)]
struct WithoutUserAgent;

impl Intercept for WithoutUserAgent {
    fn name(&self) -> &'static str {
        "WithoutUserAgent"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let off = disable_interceptor::<UserAgentInterceptor>("the transport sets the user agent");
        bag.interceptor_state().store_put(off);
        Ok(())
    }
}
