//! The texts about pages of the AWS console that cannot be opened.

use crate::error::console::ConsoleError;
use crate::error::text::Text;

pub(super) fn text(error: &ConsoleError) -> Text {
    let (what, why, hint) = match error {
        ConsoleError::UnknownService { name, similar } => (
            format!("service `{name}` is not one that `console` knows"),
            None,
            match similar {
                Some(similar) => format!("did you mean `--destination {similar}`?"),
                None => "give the path of the page, as in `--destination /ec2/home`".to_owned(),
            },
        ),
        ConsoleError::NoConsolePage { destination, rule, host } => (
            format!("page `{destination}` is not one of the AWS console"),
            Some(format!("it {rule}")),
            format!("copy the address of a page, such as `https://{host}/ec2/home`"),
        ),
        ConsoleError::NoConsole { region } => (
            format!("no public AWS console is known for region `{region}`"),
            None,
            "open the access portal: `aws-sso-cred console --shortcut`, without `--destination`".to_owned(),
        ),
    };
    Text { what, why, hint: Some(hint) }
}
