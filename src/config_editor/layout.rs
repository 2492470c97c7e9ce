//! The sections of a file in their order, and where each name is.

use std::collections::{BTreeMap, HashMap};

use super::name::SectionName;
use super::section::Section;

/// The number of a section, which it keeps.
pub(super) type Id = usize;

/// The lines before the first header.
pub(super) const TOP: Id = 0;

/// The sections as a chain, so that a thousand new ones in the middle of a file take no time.
#[derive(Debug)]
pub(super) struct Layout {
    places: Vec<Place>,
    last: Id,
    /// The sections of each name, in their order in the file.
    by_name: HashMap<SectionName, Vec<Id>>,
}

#[derive(Debug)]
struct Place {
    section: Section,
    before: Option<Id>,
    behind: Option<Id>,
}

impl Layout {
    pub(super) fn new(sections: Vec<Section>) -> Self {
        let mut by_name: HashMap<SectionName, Vec<Id>> = HashMap::new();
        for (id, section) in sections.iter().enumerate() {
            if let Some(name) = &section.name {
                by_name.entry(name.clone()).or_default().push(id);
            }
        }
        let last = sections.len().saturating_sub(1);
        let place = |(id, section): (Id, Section)| Place {
            section,
            before: id.checked_sub(1),
            behind: (id < last).then_some(id + 1),
        };
        Self { places: sections.into_iter().enumerate().map(place).collect(), last, by_name }
    }

    pub(super) fn section(&self, id: Id) -> &Section {
        &self.places[id].section
    }

    pub(super) fn section_mut(&mut self, id: Id) -> &mut Section {
        &mut self.places[id].section
    }

    pub(super) fn before(&self, id: Id) -> Option<Id> {
        self.places[id].before
    }

    pub(super) fn behind(&self, id: Id) -> Option<Id> {
        self.places[id].behind
    }

    pub(super) fn last(&self) -> Id {
        self.last
    }

    /// All sections in the order of the file.
    pub(super) fn in_order(&self) -> impl Iterator<Item = &Section> {
        let ids = std::iter::successors(Some(TOP), |id| self.behind(*id));
        ids.map(|id| self.section(id))
    }

    /// All sections of a name.
    pub(super) fn named(&self, name: &SectionName) -> &[Id] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The sections of a name that are read: `[profile default]` hides `[default]`.
    pub(super) fn read(&self, name: &SectionName) -> Vec<Id> {
        let all = self.named(name);
        let hiding: Vec<Id> = all.iter().copied().filter(|id| !self.section(*id).is_bare_default).collect();
        if hiding.is_empty() { all.to_vec() } else { hiding }
    }

    /// Puts a section behind another one.
    pub(super) fn insert_behind(&mut self, before: Id, section: Section) -> Id {
        let id = self.places.len();
        if let Some(name) = &section.name {
            self.by_name.entry(name.clone()).or_default().push(id);
        }
        let behind = self.places[before].behind.replace(id);
        match behind {
            Some(behind) => self.places[behind].before = Some(id),
            None => self.last = id,
        }
        self.places.push(Place { section, before: Some(before), behind });
        id
    }

    /// Takes a section out of the chain and gives its lines.
    pub(super) fn take_out(&mut self, id: Id) -> Section {
        let section = std::mem::take(&mut self.places[id].section);
        if let Some(ids) = section.name.as_ref().and_then(|name| self.by_name.get_mut(name)) {
            ids.retain(|other| *other != id);
        }
        let (before, behind) = (self.places[id].before, self.places[id].behind);
        if let Some(before) = before {
            self.places[before].behind = behind;
        }
        match behind {
            Some(behind) => self.places[behind].before = before,
            None => self.last = before.unwrap_or(TOP),
        }
        section
    }

    /// What a reader finds: the last value of each key that is not empty.
    pub(super) fn reading(&self) -> BTreeMap<SectionName, BTreeMap<String, String>> {
        let names = self.by_name.iter().filter(|(_, ids)| !ids.is_empty());
        names.map(|(name, _)| (name.clone(), self.settings(name))).collect()
    }

    /// What a reader finds in the sections of one name.
    pub(super) fn settings(&self, name: &SectionName) -> BTreeMap<String, String> {
        let ids = self.read(name).into_iter();
        let lines = ids.flat_map(|id| &self.section(id).lines);
        let settings = lines.filter_map(|line| line.setting()).filter(|setting| !setting.value.is_empty());
        settings.map(|setting| (setting.key.clone(), setting.value.clone())).collect()
    }
}
