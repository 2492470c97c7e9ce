//! Mistakes in what `configure populate` is asked for.

/// Exit code 2: `configure populate` cannot write the profiles that are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PopulateError {
    /// The template of profile names has a mistake.
    NameTemplate {
        /// The template.
        template: String,
        /// The place of the mistake: the number of the character, from 1.
        character: usize,
        /// The mistake.
        fault: String,
        /// The values that a template can have.
        known: Vec<&'static str>,
    },
    /// The template has the region of the workload, and no option or variable gives one.
    NoRegion {
        /// The template.
        template: String,
    },
    /// The template gives a role a name that no profile can have.
    NoProfileName {
        /// The role, for people: "role `Admin` in account 111122223333".
        role: String,
        /// The name: mostly empty.
        name: String,
    },
    /// The template gives two roles the same name.
    SameProfileName {
        /// The name.
        name: String,
        /// The first two roles, for people.
        roles: [String; 2],
        /// How many more roles have the name of another role.
        others: usize,
        /// Whether the profiles are for several regions, and the template has no region.
        lacks_region: bool,
    },
    /// A profile that `configure populate` would write exists, and is not to be changed.
    ForeignProfile {
        /// The name.
        name: String,
        /// The role that would get the name, for people.
        role: String,
        /// What the profile belongs to.
        owner: ProfileOwner,
        /// The file that has the profile.
        path: String,
        /// How many more there are.
        others: usize,
    },
    /// The session has no `[sso-session]` section that profiles could name.
    NoSection {
        /// Its start URL.
        start_url: String,
        /// The region of Identity Center.
        region: String,
    },
}

/// What a profile belongs to that has the name of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileOwner {
    /// A person or another tool: `configure populate` did not write it.
    Other,
    /// `configure populate` wrote it for this session.
    Session(String),
    /// `configure populate` wrote it for this role, which is still there.
    Role {
        /// The account of the role.
        account_id: String,
        /// The name of the role.
        role_name: String,
    },
}
