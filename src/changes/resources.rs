//! All kinds of resources whose changes are in the feed.

use super::resource::Resource;
use crate::db::journal::ChangeType;
use crate::http::error::{Error, Result};
use crate::{assessments, budgets, exports, imports, indicators, organizations, projects, scores, webhooks};

/// Every one, as its folder declares it.
pub const RESOURCES: &[Resource] = &[
    organizations::feed::RESOURCE,
    projects::feed::RESOURCE,
    budgets::feed::RESOURCE,
    indicators::feed::RESOURCE,
    assessments::feed::RESOURCE,
    scores::feed::RESOURCE,
    imports::feed::RESOURCE,
    exports::feed::RESOURCE,
    webhooks::feed::RESOURCE,
];

/// The kind of resource that a type of change belongs to.
///
/// # Errors
/// When no folder declares it, which a test excludes.
pub fn of(what: ChangeType) -> Result<&'static Resource> {
    let name = what.as_str().split('.').nth(1);
    let found = RESOURCES.iter().find(|resource| Some(resource.name) == name);
    found.ok_or_else(|| Error::internal(&format!("no resource declares the event {}", what.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_of_one_resource_and_every_resource_has_events() {
        let name = |what: &ChangeType| what.as_str().split('.').nth(1).unwrap_or_default().to_owned();
        let events: Vec<String> = ChangeType::ALL.iter().map(name).collect();
        for event in &events {
            assert_eq!(RESOURCES.iter().filter(|resource| resource.name == *event).count(), 1, "{event}");
        }
        for resource in RESOURCES {
            assert!(events.iter().any(|event| event == resource.name), "{}", resource.name);
        }
    }
}
