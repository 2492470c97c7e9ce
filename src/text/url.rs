//! The parts of a web address, found without a full parser.

/// What follows `scheme` (`https://`) in `url`, in any case; `None` for another scheme.
pub fn after_scheme<'a>(url: &'a str, scheme: &str) -> Option<&'a str> {
    let head = url.get(..scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then(|| &url[scheme.len()..])
}

/// Whether `url` is one over TLS.
pub fn is_https(url: &str) -> bool {
    after_scheme(url, "https://").is_some()
}

/// Host, and port where one is given; empty for what is no address.
pub fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#', '\\']).next().unwrap_or_default()
}

/// The host of an [`authority`]: of `host`, `host:port` or `[v6]:port`.
pub fn host(authority: &str) -> &str {
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    authority.split(':').next().unwrap_or_default()
}

/// `url` as it may be shown: a user name and password are left out, also a password with a
/// slash that should have been encoded.
pub fn without_user_info(url: &str) -> String {
    let scheme = &url[..url.find("://").map_or(0, |at| at + 3)];
    match url[scheme.len()..].rfind('@') {
        Some(at) => format!("{scheme}…{}", &url[scheme.len() + at..]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_an_address() {
        assert_eq!(after_scheme("HTTPS://h/x", "https://"), Some("h/x"));
        assert_eq!(after_scheme("http://h/x", "https://"), None);
        assert_eq!(after_scheme("ä", "https://"), None);
        for (url, authority_of_it, host_of_it) in [
            ("https://h", "h", "h"),
            ("http://h:1/x", "h:1", "h"),
            ("http://[::1]:1?x", "[::1]:1", "::1"),
            ("https://h\\@other/", "h", "h"),
            ("h/x", "", ""),
        ] {
            assert_eq!(authority(url), authority_of_it, "{url}");
            assert_eq!(host(authority(url)), host_of_it, "{url}");
        }
    }

    #[test]
    fn a_user_name_and_password_are_not_shown() {
        for (url, shown) in [
            ("https://h/x", "https://h/x"),
            ("https://user:hidden@h/x", "https://…@h/x"),
            ("https://user:hid/den@h/x", "https://…@h/x"),
            ("user:hidden@h", "…@h"),
            ("", ""),
        ] {
            assert_eq!(without_user_info(url), shown);
        }
    }
}
