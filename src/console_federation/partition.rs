//! The partitions of AWS that have a console, and the hosts of their consoles and sign-in pages.

/// A partition with a console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partition {
    /// `aws`
    Commercial,
    /// `aws-cn`
    China,
    /// `aws-us-gov`
    GovCloud,
    /// `aws-eusc`, the European Sovereign Cloud. Its hosts exist only with a region in front.
    Sovereign,
}

impl Partition {
    /// The partition of a region; `None` for the isolated partitions, whose consoles are not public.
    pub fn of(region: &str) -> Option<Self> {
        let region = region.to_ascii_lowercase();
        match region.split('-').collect::<Vec<_>>()[..] {
            ["cn", ..] => Some(Self::China),
            ["eusc", ..] => Some(Self::Sovereign),
            [_, "gov", ..] => Some(Self::GovCloud),
            [_, second, ..] if second.starts_with("iso") => None,
            _ => Some(Self::Commercial),
        }
    }

    const fn domain(self) -> &'static str {
        match self {
            Self::Commercial => "aws.amazon.com",
            Self::China => "amazonaws.cn",
            Self::GovCloud => "amazonaws-us-gov.com",
            Self::Sovereign => "amazonaws-eusc.eu",
        }
    }

    /// The host of the console without a region in front.
    pub fn console_domain(self) -> String {
        format!("console.{}", self.domain())
    }

    /// The host on which every page of the console can be opened. `region` is one of this partition.
    pub fn console_host(self, region: &str) -> String {
        self.in_region(region, self.console_domain())
    }

    /// The host of the sign-in pages. `region` is one of this partition.
    pub fn sign_in_host(self, region: &str) -> String {
        self.in_region(region, format!("signin.{}", self.domain()))
    }

    /// The host that signs out and then goes on to another page. In the commercial partition, only
    /// the host of us-east-1 goes on.
    pub fn sign_out_host(self, region: &str) -> String {
        match self {
            Self::Commercial => format!("us-east-1.{}", self.sign_in_host(region)),
            _ => self.sign_in_host(region),
        }
    }

    fn in_region(self, region: &str, host: String) -> String {
        if self == Self::Sovereign { format!("{}.{host}", region.to_ascii_lowercase()) } else { host }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_region_has_the_hosts_of_its_partition() {
        for (region, sign_in, sign_out, console) in [
            (
                "eu-west-1",
                "signin.aws.amazon.com",
                "us-east-1.signin.aws.amazon.com",
                "console.aws.amazon.com",
            ),
            (
                "mars-north-1",
                "signin.aws.amazon.com",
                "us-east-1.signin.aws.amazon.com",
                "console.aws.amazon.com",
            ),
            ("cn-north-1", "signin.amazonaws.cn", "signin.amazonaws.cn", "console.amazonaws.cn"),
            (
                "us-gov-west-1",
                "signin.amazonaws-us-gov.com",
                "signin.amazonaws-us-gov.com",
                "console.amazonaws-us-gov.com",
            ),
            (
                "EUSC-de-east-1",
                "eusc-de-east-1.signin.amazonaws-eusc.eu",
                "eusc-de-east-1.signin.amazonaws-eusc.eu",
                "eusc-de-east-1.console.amazonaws-eusc.eu",
            ),
        ] {
            let partition = Partition::of(region).unwrap();
            let hosts = (
                partition.sign_in_host(region),
                partition.sign_out_host(region),
                partition.console_host(region),
            );
            let expected = (sign_in.to_owned(), sign_out.to_owned(), console.to_owned());
            assert_eq!(hosts, expected, "{region}");
        }
        for isolated in ["us-iso-east-1", "us-isob-east-1", "us-isof-south-1", "eu-isoe-west-1"] {
            assert_eq!(Partition::of(isolated), None, "{isolated}");
        }
    }
}
