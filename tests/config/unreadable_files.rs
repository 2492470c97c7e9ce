//! Error texts for a config file that cannot be read or does not exist.

use std::fs;

use aws_sso_cred::context::Context;
use aws_sso_cred::error::{ConfigurationError, Error};
use aws_sso_cred::selection::{Selection, all_sessions, resolve_role};
use aws_sso_cred::timestamp::Timestamp;

use crate::errors::error_with;
use crate::{CORP, Home, profile};

#[test]
fn a_config_in_utf_16_has_its_own_error() {
    let little: Vec<u8> = CORP.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = CORP.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let expected = "aws-sso-cred: the encoding of ~/.aws/config is UTF-16, which AWS's tools cannot read\n\
                    hint: save ~/.aws/config as UTF-8, with `Save as` in your editor";
    for bytes in
        [[b"\xff\xfe", &little[..]].concat(), [b"\xfe\xff", &big[..]].concat(), little.clone(), big.clone()]
    {
        let home = Home::new(&bytes);
        assert_eq!(error_with(&home, &profile("dev")), expected);
        let in_session = Selection { sso_session: Some("corp".to_owned()), ..Selection::default() };
        assert_eq!(error_with(&home, &in_session), expected);
        let (sessions, broken) = all_sessions(&home.context()).unwrap();
        assert_eq!((sessions, broken[0].to_string().as_str()), (Vec::new(), expected));
    }
    // Profiles of the other file still work.
    let home = Home::new(CORP);
    fs::write(home.path(".aws/credentials"), [b"\xff\xfe", &little[..]].concat()).unwrap();
    assert!(resolve_role(&home.context(), &profile("dev")).is_ok());
    assert!(error_with(&home, &profile("x")).contains("the encoding of ~/.aws/credentials is UTF-16"));
    let text = error_with(&Home::new("[profile a\0b]\n"), &profile("dev"));
    assert!(text.contains("profile `dev` is not in"), "a zero byte alone is no UTF-16: {text}");
}

#[test]
fn a_missing_config_file_and_a_missing_home_have_their_own_errors() {
    let home = Home::empty();
    for (options, wanted) in [
        (profile("dev"), "profile `dev`"),
        (Selection { sso_session: Some("corp".to_owned()), ..Selection::default() }, "sso-session `corp`"),
    ] {
        assert_eq!(
            error_with(&home, &options),
            format!(
                "aws-sso-cred: there is no ~/.aws/config, so {wanted} cannot be found\n\
                 hint: run `aws-sso-cred configure`, or `aws-sso-cred login --start-url URL --region REGION`"
            )
        );
        for nowhere in [&[][..], &[("HOME", ".")]] {
            let context = Context::fake(nowhere, Timestamp::from_unix(0));
            let error = resolve_role(&context, &options).unwrap_err();
            assert_eq!(error, Error::Configuration(ConfigurationError::NoHome), "{nowhere:?}");
        }
    }
    let only_credentials = Home::empty().credentials("[x]\naws_access_key_id = x\n");
    assert!(error_with(&only_credentials, &profile("dev")).contains("there is no ~/.aws/config"));
    assert!(error_with(&only_credentials, &profile("x")).contains("lacks sso_start_url"));
}

#[cfg(unix)]
#[test]
fn an_unreadable_config_is_an_error_and_a_missing_credentials_file_is_empty() {
    let home = Home::empty();
    fs::create_dir(home.path(".aws/config")).unwrap();
    assert_eq!(
        error_with(&home, &profile("dev")),
        "aws-sso-cred: cannot read ~/.aws/config: is a directory\n\
         hint: make ~/.aws/config a file that you can read, or name another one in AWS_CONFIG_FILE"
    );
    let home = Home::new(CORP);
    fs::create_dir(home.path(".aws/credentials")).unwrap();
    assert!(error_with(&home, &profile("dev")).contains("name another one in AWS_SHARED_CREDENTIALS_FILE"));

    let fifo = Home::empty();
    let made = std::process::Command::new("mkfifo").arg(fifo.path(".aws/config")).status();
    assert!(made.unwrap().success());
    assert!(error_with(&fifo, &profile("dev")).contains("cannot read ~/.aws/config: is not a regular file"));

    let empty = Home::empty();
    let context = empty.context_with(&[("AWS_CONFIG_FILE", "/dev/null")]);
    let error = resolve_role(&context, &profile("dev")).unwrap_err().to_string();
    assert!(error.starts_with("aws-sso-cred: profile `dev` is not in /dev/null\n"), "{error}");
    for missing in ["/dev/null/config", "~/no/such/directory"] {
        let context = empty.context_with(&[("AWS_CONFIG_FILE", missing)]);
        assert_eq!(
            resolve_role(&context, &profile("dev")).unwrap_err().to_string(),
            format!(
                "aws-sso-cred: AWS_CONFIG_FILE names {missing}, which does not exist, so profile `dev` cannot be found\n\
                 hint: correct or unset AWS_CONFIG_FILE"
            )
        );
    }
    let endless = Home::empty().context_with(&[("AWS_CONFIG_FILE", "/dev/zero")]);
    let error = resolve_role(&endless, &profile("dev")).unwrap_err().to_string();
    assert!(error.contains("cannot read /dev/zero: it is larger than 64 MiB"), "{error}");
}
