//! The hosts of the four partitions.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver};

use crate::common::{ACCOUNT, HANG, ROLE, World, failed};
use crate::console;

/// A proxy that refuses every tunnel; gives its URL and the targets.
fn refusing_proxy() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, targets) = mpsc::channel();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && client.read_exact(&mut byte).is_ok() {
                head.push(byte[0]);
            }
            let line = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
            let _ = sender.send(line);
            let _ = client.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n");
        }
    });
    (url, targets)
}

fn config(sso_region: &str, region: &str) -> String {
    crate::common::CONFIG.replace("eu-west-1", sso_region).replace("us-west-2", region)
}

#[test]
fn the_keys_go_to_the_host_of_the_partition_and_to_no_other() {
    let (proxy, targets) = refusing_proxy();
    for (sso_region, region, host) in [
        ("eu-west-1", "us-west-2", "signin.aws.amazon.com"),
        ("cn-north-1", "cn-northwest-1", "signin.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-east-1", "signin.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "eusc-de-east-1", "eusc-de-east-1.signin.amazonaws-eusc.eu"),
    ] {
        let mut world = World::new();
        world.home.set_identity_center(crate::common::START_URL, sso_region);
        world.home.write_config(&config(sso_region, region));
        world.home.write_role_credentials(ACCOUNT, ROLE, "corp", 3600);
        world.home.env_remove("AWS_SSO_CRED_FEDERATION_URL");
        world.home.env("HTTPS_PROXY", &proxy);
        let lines = failed(&console(&world, &["--url"]), 4);
        assert_eq!(lines[0], format!("aws-sso-cred: cannot connect to {host} through the proxy"));
        assert_eq!(targets.recv_timeout(HANG).unwrap(), format!("CONNECT {host}:443 HTTP/1.1"));
        assert!(targets.try_recv().is_err() && world.requests() == 0);
    }
}

#[test]
fn the_page_is_one_of_the_partition() {
    for (sso_region, region, page) in [
        ("cn-north-1", "cn-northwest-1", "console.amazonaws.cn/s3/home?region=cn-northwest-1"),
        ("us-gov-west-1", "us-gov-east-1", "console.amazonaws-us-gov.com/s3/home?region=us-gov-east-1"),
        (
            "eusc-de-east-1",
            "eusc-de-east-1",
            "eusc-de-east-1.console.amazonaws-eusc.eu/s3/home?region=eusc-de-east-1",
        ),
    ] {
        let world = World::new();
        world.home.write_config(&config(sso_region, region));
        let output = console(&world, &["--url", "--shortcut", "--destination", "s3"]);
        assert!(
            crate::decoded(&output.stdout).ends_with(&format!("&destination=https://{page}\n")),
            "{output:?}"
        );
        let other = "https://console.aws.amazon.com/s3/home";
        failed(&console(&world, &["--url", "--destination", other]), 2);
    }
}

#[test]
fn a_partition_without_a_public_console_is_told_and_has_its_portal() {
    let world = World::new();
    world.home.write_config(&config("us-iso-east-1", "us-iso-east-1"));
    for more in [&["--url"][..], &[], &["--url", "--shortcut", "--destination", "s3"]] {
        let lines = failed(&console(&world, more), 2);
        assert_eq!(lines[0], "aws-sso-cred: no public AWS console is known for region `us-iso-east-1`");
    }
    let output = console(&world, &["--url", "--shortcut"]);
    let link = "https://corp.awsapps.com/start/#/console?account_id=111122223333&role_name=Developer\n";
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, link, ""));
    assert_eq!(world.requests(), 0);
}
