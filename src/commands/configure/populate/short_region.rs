//! Regions in five letters or so, as aws-sso-util shortens them.

/// `usea1` for `us-east-1`, `apne1` for `ap-northeast-1`, `govwe1` for `us-gov-west-1`. A region of
/// another form stays as it is.
pub fn short_region(region: &str) -> String {
    let mut parts = region.rsplitn(3, '-');
    let (Some(number), Some(direction), Some(area)) = (parts.next(), parts.next(), parts.next()) else {
        return region.to_owned();
    };
    let area = if area == "us-gov" { "gov" } else { area };
    let direction = match direction {
        "north" => "no",
        "northeast" => "ne",
        "east" => "ea",
        "southeast" => "se",
        "south" => "so",
        "southwest" => "sw",
        "west" => "we",
        "northwest" => "nw",
        "central" => "ce",
        other => other,
    };
    format!("{area}{direction}{number}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn regions_are_shortened_as_by_aws_sso_util() {
        for (region, short) in [
            ("us-east-1", "usea1"),
            ("ap-northeast-1", "apne1"),
            ("us-gov-west-1", "govwe1"),
            ("cn-northwest-1", "cnnw1"),
            ("ca-central-1", "cace1"),
            ("us-iso-east-1", "us-isoea1"),
            ("eusc-de-east-1", "eusc-deea1"),
            ("xx-middle-9", "xxmiddle9"),
            ("local", "local"),
            ("a-b", "a-b"),
        ] {
            assert_eq!(short_region(region), short, "{region}");
        }
    }

    /// Every region of botocore's endpoints.json.
    #[test]
    fn no_two_regions_have_the_same_short_name() {
        let regions = "af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 \
             ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 \
             ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 \
             eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 \
             mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2 cn-north-1 cn-northwest-1 \
             us-gov-east-1 us-gov-west-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1 \
             eu-isoe-west-1 us-isof-east-1 us-isof-south-1 eusc-de-east-1";
        let short: BTreeSet<String> = regions.split_whitespace().map(short_region).collect();
        assert_eq!(short.len(), regions.split_whitespace().count());
    }
}
