use super::*;
use crate::timestamp::Timestamp;

fn proxies(variables: &[(&str, &str)]) -> Result<Proxies, Error> {
    Proxies::new(&Context::fake(variables, Timestamp::from_unix(0)), true, true)
}

fn goes_through(variables: &[(&str, &str)], https: bool, host: &str) -> Option<String> {
    let proxies = proxies(variables).unwrap();
    proxies
        .route(https, host, if https { 443 } else { 80 })
        .map(|proxy| format!("{}:{}", proxy.host, proxy.port))
}

const PORTAL: &str = "portal.sso.eu-west-1.amazonaws.com";

#[test]
fn lower_case_comes_before_upper_case_and_the_scheme_before_all() {
    assert_eq!(goes_through(&[], true, PORTAL), None);
    let all = [("ALL_PROXY", "d:4"), ("all_proxy", "c:3"), ("HTTPS_PROXY", "b:2"), ("https_proxy", "a:1")];
    for (count, expected) in [(4, "a:1"), (3, "b:2"), (2, "c:3"), (1, "d:4")] {
        assert_eq!(goes_through(&all[..count], true, PORTAL).as_deref(), Some(expected));
    }
}

#[test]
fn http_proxy_counts_in_lower_case_only_and_for_http_only() {
    assert_eq!(goes_through(&[("HTTP_PROXY", "a:1")], false, "127.0.0.1"), None);
    assert_eq!(goes_through(&[("http_proxy", "a:1")], true, PORTAL), None);
    assert_eq!(goes_through(&[("http_proxy", "a:1")], false, "127.0.0.1").as_deref(), Some("a:1"));
    assert_eq!(goes_through(&[("HTTPS_PROXY", "a:1")], false, "127.0.0.1"), None);
}

#[test]
fn no_proxy_excepts_hosts_by_suffix_port_address_and_network() {
    let excepts = |rules: &str, host: &str| {
        goes_through(&[("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", rules)], true, host).is_none()
    };
    for rules in [
        "*",
        PORTAL,
        ".amazonaws.com",
        "amazonaws.com",
        "*.amazonaws.com",
        "a, Amazonaws.COM",
        "amazonaws.com:443",
    ] {
        assert!(excepts(rules, PORTAL), "{rules}");
    }
    for rules in ["", ",", "zonaws.com", "amazonaws.com:8443", "sso", ".", "example.com 10.0.0.0/8", "com:x"]
    {
        assert!(!excepts(rules, PORTAL), "{rules}");
    }
    assert!(excepts("localhost,127.0.0.1", "127.0.0.1"));
    assert!(excepts("127.0.0.0/8", "127.0.0.1"));
    assert!(!excepts("127.0.0.0/33,10.0.0.0/8,x/y,0.1", "127.0.0.1"));
    assert!(excepts("[::1]", "::1"));
    assert!(excepts("::/0", "::1"));
    assert!(!excepts("0.0.0.0/0", "::1"));
}

#[test]
fn the_lower_case_exceptions_replace_the_upper_case_ones() {
    let variables = [("https_proxy", "p"), ("no_proxy", "other"), ("NO_PROXY", "*")];
    assert_eq!(goes_through(&variables, true, PORTAL).as_deref(), Some("p:80"));
}

#[test]
fn a_proxy_is_read_with_its_credentials_and_default_port() {
    let proxy = |value: &str| proxies(&[("https_proxy", value)]).unwrap().https.unwrap();
    assert_eq!(proxy("https://proxy.example.com").port, 443);
    assert_eq!(proxy("proxy.example.com:8080/").port, 8080);
    assert_eq!(proxy("http://[::1]:3128").host, "::1");
    assert_eq!(proxy("http://user:p%40ss@h:1").authorization.as_deref(), Some("Basic dXNlcjpwQHNz"));
    assert_eq!(proxy("http://user:p@/ss@h:1"), proxy("http://user:p%40%2Fss@h:1"));
    assert!(!format!("{:?}", proxy("http://user:pass@h:1")).contains("pass"));
}

#[test]
fn a_bad_proxy_is_named_without_its_credentials() {
    for (value, shown) in [
        ("socks5://u:hidden@h:1080", "socks5://h:1080"),
        ("http://u:hidden@h:99999", "http://h:99999"),
        ("http://u:hidden@", "http://"),
        ("http://u:hidden@h h:1", "http://h h:1"),
        ("u:hidden@h:0", "h:0"),
    ] {
        match proxies(&[("HTTPS_PROXY", value)]) {
            Err(Error::BadConnectionSetting { setting, value, cause }) => {
                assert_eq!((setting.as_str(), value.as_str()), ("HTTPS_PROXY", shown));
                assert!(!cause.contains("hidden"));
            }
            other => panic!("{value}: {other:?}"),
        }
    }
}
