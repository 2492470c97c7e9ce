use super::*;
use crate::timestamp::Timestamp;

fn proxies(variables: &[(&str, &str)]) -> Result<Proxies, Error> {
    Proxies::new(&Context::fake(variables, Timestamp::from_unix(0)))
}

fn goes_through(variables: &[(&str, &str)], host: &str) -> Option<String> {
    let proxies = proxies(variables).unwrap();
    proxies.route(host, 443).map(|proxy| format!("{}:{}", proxy.host, proxy.port))
}

const PORTAL: &str = "portal.sso.eu-west-1.amazonaws.com";

#[test]
fn lower_case_comes_before_upper_case_and_https_proxy_before_all_proxy() {
    assert_eq!(goes_through(&[], PORTAL), None);
    let all = [("ALL_PROXY", "d:4"), ("all_proxy", "c:3"), ("HTTPS_PROXY", "b:2"), ("https_proxy", "a:1")];
    for (count, expected) in [(4, "a:1"), (3, "b:2"), (2, "c:3"), (1, "d:4")] {
        assert_eq!(goes_through(&all[..count], PORTAL).as_deref(), Some(expected));
    }
}

#[test]
fn http_proxy_is_not_read() {
    for name in ["http_proxy", "HTTP_PROXY"] {
        assert_eq!(goes_through(&[(name, "a:1")], PORTAL), None);
        assert!(proxies(&[(name, "socks5://a:x")]).is_ok());
    }
}

#[test]
fn this_computer_is_reached_directly() {
    let all = [("HTTPS_PROXY", "a:1"), ("ALL_PROXY", "b:2"), ("http_proxy", "c:3")];
    let context = Context::fake(&all, Timestamp::from_unix(0));
    for host in
        ["localhost", "LocalHost.", "aws.localhost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]
    {
        assert_eq!(goes_through(&all, host), None, "{host}");
        let bracketed = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        assert!(goes_direct(&context, &format!("https://{bracketed}:8443/x")), "{host}");
        assert!(goes_direct(&context, &format!("http://{bracketed}")), "{host}");
    }
    for host in ["localhost.example.com", "mylocalhost", "128.0.0.1", "::2", PORTAL] {
        assert_eq!(goes_through(&all, host).as_deref(), Some("a:1"), "{host}");
    }
    assert!(!goes_direct(&context, &format!("https://{PORTAL}")));
}

#[test]
fn all_proxy_of_another_scheme_is_ignored() {
    for other in ["socks5h://127.0.0.1:1080", "SOCKS5://u:p@h", "ftp://h:x", "://"] {
        assert_eq!(goes_through(&[("ALL_PROXY", other)], PORTAL), None, "{other}");
        let both = [("all_proxy", other), ("ALL_PROXY", "http://a:1")];
        assert_eq!(goes_through(&both, PORTAL).as_deref(), Some("a:1"), "{other}");
        let explicit = [("HTTPS_PROXY", "b:2"), ("ALL_PROXY", other)];
        assert_eq!(goes_through(&explicit, PORTAL).as_deref(), Some("b:2"), "{other}");
        assert!(proxies(&[("HTTPS_PROXY", other)]).is_err(), "{other}");
    }
    assert!(proxies(&[("ALL_PROXY", "http://h:0")]).is_err());
}

#[test]
fn no_proxy_excludes_hosts_by_suffix_port_address_and_network() {
    let excepts = |rules: &str, host: &str| {
        goes_through(&[("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", rules)], host).is_none()
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
    assert!(excepts("localhost,192.0.2.1", "192.0.2.1"));
    assert!(excepts("192.0.2.0/24", "192.0.2.1"));
    assert!(!excepts("192.0.2.0/33,10.0.0.0/8,x/y,2.1", "192.0.2.1"));
    assert!(excepts("[2001:db8::1]", "2001:db8::1"));
    assert!(excepts("::/0", "2001:db8::1"));
    assert!(!excepts("0.0.0.0/0", "2001:db8::1"));
}

#[test]
fn lower_case_no_proxy_replaces_upper_case_no_proxy() {
    let variables = [("https_proxy", "p"), ("no_proxy", "other"), ("NO_PROXY", "*")];
    assert_eq!(goes_through(&variables, PORTAL).as_deref(), Some("p:80"));
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
fn a_bad_proxy_is_shown_without_its_credentials() {
    for (value, shown) in [
        ("socks5://u:hidden@h:1080", "socks5://h:1080"),
        ("http://u:hidden@h:99999", "http://h:99999"),
        ("http://u:hidden@", "http://"),
        ("http://u:hidden@h h:1", "http://h h:1"),
        ("u:hidden@h:0", "h:0"),
        ("u:hidden://x@h:0", "h:0"),
        ("//127.0.0.1:1", "//127.0.0.1:1"),
        ("http:////u:hidden@/x?y", "http:///x"),
    ] {
        match proxies(&[("HTTPS_PROXY", value)]) {
            Err(Error::Configuration(ConfigurationError::BadConnectionSetting { setting, value, cause })) => {
                assert_eq!((setting.as_str(), value.as_str()), ("HTTPS_PROXY", shown));
                assert!(!cause.contains("hidden"));
            }
            other => panic!("{value}: {other:?}"),
        }
    }
}
