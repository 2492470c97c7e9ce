//! Parts of a web address, found without a full parser. The address is not checked.

/// The rest of `url` after `scheme` (`https://`), which is compared without case; `None` for another
/// scheme.
pub fn after_scheme<'a>(url: &'a str, scheme: &str) -> Option<&'a str> {
    let head = url.get(..scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then(|| &url[scheme.len()..])
}

/// Whether the scheme of `url` is https.
pub fn is_https(url: &str) -> bool {
    after_scheme(url, "https://").is_some()
}

/// The host of `url`, with the port if one is given; empty if `url` has no scheme.
pub fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#', '\\']).next().unwrap_or_default()
}

/// The host of an [`authority`]: `host`, `host:port` or `[IPv6]:port`.
pub fn host(authority: &str) -> &str {
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    authority.split(':').next().unwrap_or_default()
}

/// `url` with `…` in the place of a user name and password, so that it can be shown. Also replaces a
/// password with a slash that should have been percent-encoded.
pub fn without_user_info(url: &str) -> String {
    let end = url.find("://").filter(|at| !url[..*at].contains('@'));
    let scheme = &url[..end.map_or(0, |at| at + 3)];
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
            ("user:hidden@h://x", "…@h://x"),
            ("", ""),
        ] {
            assert_eq!(without_user_info(url), shown);
        }
    }
}
