//! The page of the console that `--destination` names. Pure.

use super::services;
use crate::console_federation::Partition;
use crate::error::ConsoleError;
use crate::selection::nearest;
use crate::text::url;

/// A console, and the region that it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Console {
    pub partition: Partition,
    /// The region of the profile's workload, if it has one in this partition.
    pub region: Option<String>,
    /// The region of Identity Center.
    pub sso_region: String,
}

impl Console {
    fn host(&self) -> String {
        self.partition.console_host(self.region.as_deref().unwrap_or(&self.sso_region))
    }
}

/// The address of the page. A service and a path get the region of `console`; an address is whole.
///
/// # Errors
/// A word that is no service, and an address that is not of this console.
pub fn address(destination: Option<&str>, console: &Console) -> Result<String, ConsoleError> {
    let path = match destination {
        None => "/console/home".to_owned(),
        Some(path) if path.starts_with('/') => {
            let refused =
                unclean(path).or_else(|| path.starts_with("//").then_some("must begin with one `/`"));
            refused.map_or(Ok(()), |rule| Err(no_page(path, rule, console)))?;
            path.to_owned()
        }
        Some(address) if address.contains([':', '/', '\\']) => {
            return match unlike_console(address, console.partition) {
                Some(rule) => Err(no_page(address, rule, console)),
                None => Ok(address.to_owned()),
            };
        }
        Some(name) => service(name)?,
    };
    let path = match &console.region {
        Some(region) => with_region(&path, region),
        None => path,
    };
    Ok(format!("https://{}{path}", console.host()))
}

fn service(name: &str) -> Result<String, ConsoleError> {
    services::path(name).ok_or_else(|| {
        let similar = nearest(&name.to_ascii_lowercase(), services::names());
        ConsoleError::UnknownService { name: name.to_owned(), similar }
    })
}

fn no_page(destination: &str, rule: &'static str, console: &Console) -> ConsoleError {
    let destination = url::without_user_info(destination);
    ConsoleError::NoConsolePage { destination, rule, host: console.host() }
}

/// The rule that the text of an address or a path breaks.
fn unclean(text: &str) -> Option<&'static str> {
    let clean = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (!clean).then_some("must be ASCII without blanks and backslashes; write others as `%XX`")
}

/// The rule that an address breaks which is not one of the console; `None` for one that is.
fn unlike_console(address: &str, partition: Partition) -> Option<&'static str> {
    if let Some(rule) = unclean(address) {
        return Some(rule);
    }
    if !url::is_https(address) {
        return Some("must begin with `https://`, or with `/` for a path");
    }
    let host = url::authority(address).to_ascii_lowercase();
    let domain = partition.console_domain();
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let in_front = host.strip_suffix(&domain);
    let is_console = in_front.is_some_and(|front| {
        front.is_empty() || front.strip_suffix('.').is_some_and(|front| front.split('.').all(label))
    });
    (!is_console).then_some("must have a host of the console, without a port and a user name")
}

/// `path` with `region=` in its query, unless the query has one.
fn with_region(path: &str, region: &str) -> String {
    let (before, fragment) = path.split_at(path.find('#').unwrap_or(path.len()));
    let query = before.split_once('?').map(|(_, query)| query);
    if query.is_some_and(|query| query.split('&').any(|pair| pair.starts_with("region="))) {
        return path.to_owned();
    }
    let sign = match query {
        None => "?",
        Some("") => "",
        Some(_) => "&",
    };
    format!("{before}{sign}region={region}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn console(region: Option<&str>, sso_region: &str) -> Console {
        Console {
            partition: Partition::of(sso_region).unwrap(),
            region: region.map(str::to_owned),
            sso_region: sso_region.to_owned(),
        }
    }

    fn here() -> Console {
        console(Some("us-west-2"), "eu-west-1")
    }

    #[test]
    fn services_and_paths_open_in_the_region_of_the_profile() {
        for (destination, page) in [
            (None, "/console/home?region=us-west-2"),
            (Some("s3"), "/s3/home?region=us-west-2"),
            (Some("EC2"), "/ec2/home?region=us-west-2"),
            (Some("dynamodb"), "/dynamodbv2/home?region=us-west-2"),
            (Some("logs"), "/cloudwatch/home?region=us-west-2#logsV2:log-groups"),
            (Some("stepfunctions"), "/states/home?region=us-west-2"),
            (Some("/"), "/?region=us-west-2"),
            (Some("/s3/buckets/x?tab=objects"), "/s3/buckets/x?tab=objects&region=us-west-2"),
            (Some("/ec2/home?"), "/ec2/home?region=us-west-2"),
            (Some("/ec2/home?region=eu-north-1#Instances:"), "/ec2/home?region=eu-north-1#Instances:"),
            (Some("/ec2/home#Instances:?x"), "/ec2/home?region=us-west-2#Instances:?x"),
            (Some("/x?theregion=1"), "/x?theregion=1&region=us-west-2"),
            (Some("/a@b.example.com"), "/a@b.example.com?region=us-west-2"),
        ] {
            let expected = format!("https://console.aws.amazon.com{page}");
            assert_eq!(address(destination, &here()), Ok(expected), "{destination:?}");
        }
        let without = address(Some("s3"), &console(None, "eu-west-1"));
        assert_eq!(without.as_deref(), Ok("https://console.aws.amazon.com/s3/home"));
    }

    #[test]
    fn each_partition_has_its_console() {
        for (sso_region, region, page) in [
            (
                "cn-north-1",
                Some("cn-northwest-1"),
                "https://console.amazonaws.cn/s3/home?region=cn-northwest-1",
            ),
            ("us-gov-west-1", None, "https://console.amazonaws-us-gov.com/s3/home"),
            ("eusc-de-east-1", None, "https://eusc-de-east-1.console.amazonaws-eusc.eu/s3/home"),
        ] {
            assert_eq!(address(Some("s3"), &console(region, sso_region)).as_deref(), Ok(page));
        }
    }

    #[test]
    fn an_address_of_the_console_is_opened_as_it_is() {
        for good in [
            "https://console.aws.amazon.com",
            "https://console.aws.amazon.com/s3/home?x=1#y",
            "HTTPS://eu-west-1.CONSOLE.aws.amazon.com/ec2/home?region=eu-west-1#Instances:v=3;$case=tags:true",
            "https://111122223333-abcdefgh.eu-west-1.console.aws.amazon.com/",
        ] {
            assert_eq!(address(Some(good), &here()).as_deref(), Ok(good));
        }
    }

    #[test]
    fn any_other_address_is_refused() {
        for bad in [
            "http://console.aws.amazon.com/",
            "https://console.aws.amazon.com.evil.example/",
            "https://evilconsole.aws.amazon.com/",
            "https://evil-console.aws.amazon.com/",
            "https://.console.aws.amazon.com/",
            "https://a..console.aws.amazon.com/",
            "https://a_b.console.aws.amazon.com/",
            "https://a%2eb.console.aws.amazon.com/",
            "https://console.aws.amazon.com./",
            "https://console.aws.amazon.com:443/",
            "https://console.aws.amazon.com@evil.example/",
            "https://user:secret@console.aws.amazon.com/",
            "https://evil.example/console.aws.amazon.com",
            "https://evil.example\\.console.aws.amazon.com/",
            "https://evil.example#.console.aws.amazon.com/",
            "https://evil.example?.console.aws.amazon.com/",
            "https://console.aws.amazon.com/a b",
            "https://console.aws.amazon.com/\n",
            "https://console.aws.amazon.com/é",
            "https://cοnsole.aws.amazon.com/",
            "https://console.amazonaws.cn/",
            "https://aws.amazon.com/",
            "https://",
            "https:console.aws.amazon.com",
            "console.aws.amazon.com/s3",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "//evil.example/",
            "/\\evil.example/",
            "\\\\evil.example",
            "/a b",
            "/\u{202e}",
        ] {
            let refused = address(Some(bad), &here());
            let Err(ConsoleError::NoConsolePage { destination, .. }) = refused else {
                panic!("{bad}: {refused:?}")
            };
            assert!(!destination.contains("secret"), "{destination}");
        }
    }

    #[test]
    fn a_word_that_is_no_service_gets_the_nearest_name() {
        let similar = |name: &str| match address(Some(name), &here()) {
            Err(ConsoleError::UnknownService { similar, .. }) => similar,
            other => panic!("{other:?}"),
        };
        assert_eq!(similar("lamda").as_deref(), Some("lambda"));
        assert_eq!(similar("Cloudwatsh").as_deref(), Some("cloudwatch"));
        assert_eq!(similar("nothing-like-it"), None);
        assert_eq!(similar(""), None);
    }
}
