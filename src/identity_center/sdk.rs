//! The gate's only real implementation: AWS's SDK crates over TLS.
