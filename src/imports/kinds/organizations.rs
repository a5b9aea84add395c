//! 单位: a row each; the row of a parent may come before or after those of its children.

use std::collections::HashMap;

use deserr::Deserr;

use super::{Planned, Planner, Scope};
use crate::db::Connection;
use crate::http::error::{Code, Result};
use crate::imports::change::{Change, Table, Written};
use crate::imports::near::{self, Near};
use crate::imports::record::{Given, Record, RowError, Seen, twice};
use crate::organizations::codes::CodeRanges;
use crate::organizations::model::{Organization, OrganizationId, OrganizationKind};
use crate::organizations::store;
use crate::organizations::tree;
use crate::values::{Instant, NaturalCode, ShortText};

#[derive(Debug, Clone, Deserr)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
struct Line {
    code: NaturalCode,
    #[deserr(default)]
    name: Given<ShortText>,
    #[deserr(default)]
    kind: Given<OrganizationKind>,
    #[deserr(default)]
    parent_code: Given<NaturalCode>,
}

/// Keeps all rows until the end, because a parent may come last.
#[derive(Default)]
pub struct OrganizationPlanner {
    records: Vec<Record>,
    near: Near,
}

impl Planner for OrganizationPlanner {
    fn plan(&mut self, _: &mut Connection, _: &Scope, records: Vec<Record>) -> Result<Vec<Planned>> {
        self.records.extend(records);
        Ok(Vec::new())
    }

    fn finish(&mut self, c: &mut Connection, scope: &Scope) -> Result<Vec<Planned>> {
        let records = std::mem::take(&mut self.records);
        let mut seen = Seen::default();
        let mut waiting: Vec<(usize, Line)> = Vec::new();
        let mut outcome: HashMap<usize, Planned> = HashMap::new();
        for (at, record) in records.iter().enumerate() {
            match record.read::<Line>() {
                Err(errors) => drop(outcome.insert(at, Planned::rejected(record.place.clone(), None, errors))),
                Ok(line) => match seen.before(line.code.as_str(), record.place.row) {
                    Some(earlier) => {
                        let key = Some(line.code.to_string());
                        let errors = vec![twice(record, "code", earlier)];
                        outcome.insert(at, Planned::rejected(record.place.clone(), key, errors));
                    }
                    None => waiting.push((at, line)),
                },
            }
        }
        let named = waiting.iter().flat_map(|(_, line)| {
            let parent = if let Given::Value(code) = &line.parent_code { Some(code.as_str()) } else { None };
            std::iter::once(line.code.as_str()).chain(parent)
        });
        let codes: Vec<&str> = named.collect();
        let mut known: HashMap<String, Organization> =
            store::of_codes(c, &scope.caller, &codes)?.into_iter().map(|one| (one.code.to_string(), one)).collect();
        let taken = store::taken_codes(c, &codes)?;
        let registered: Vec<OrganizationId> = known.values().filter_map(|one| one.parent_id.clone()).collect();
        let mut parents: HashMap<OrganizationId, String> = HashMap::new();
        for id in registered {
            if let Ok(parent) = store::find(c, &id) {
                parents.insert(id, parent.code.to_string());
            }
        }
        // Each round plans the rows whose parent is known. When a round plans none, the rest wait for each other and
        // are planned as they are.
        let mut order = Vec::new();
        loop {
            let still: Vec<&str> = waiting.iter().map(|(_, line)| line.code.as_str()).collect();
            let ready = |line: &Line| match &line.parent_code {
                Given::Value(code) => {
                    known.contains_key(code.as_str()) && !waits(&still, code, line) || !still.contains(&code.as_str())
                }
                _ => true,
            };
            let (now, later): (Vec<_>, Vec<_>) = waiting.iter().cloned().partition(|(_, line)| ready(line));
            let is_stuck = now.is_empty();
            let settled = if is_stuck { later.clone() } else { now };
            for (at, line) in settled {
                let Some(record) = records.get(at) else { continue };
                let key = line.code.to_string();
                let planned = match self.row(c, scope, record, line, &known, &taken, &parents)? {
                    Err(errors) => Planned::rejected(record.place.clone(), Some(key), errors),
                    Ok((None, before)) => Planned::unchanged(record.place.clone(), key, before.location()),
                    Ok((Some(written), after)) => {
                        known.insert(key.clone(), after.clone());
                        let is_new = written.before.is_none();
                        let changes = vec![Change::Organization(written)];
                        Planned::changed(record.place.clone(), is_new, key, after.location(), changes)
                    }
                };
                order.push(at);
                outcome.insert(at, planned);
            }
            if is_stuck || later.is_empty() {
                break;
            }
            waiting = later;
        }
        // The plan has parents before children; the report is in the order of the file.
        let mut changes: Vec<Change> = Vec::new();
        for at in &order {
            changes.extend(outcome.get_mut(at).map(|planned| std::mem::take(&mut planned.changes)).unwrap_or_default());
        }
        let mut all: Vec<Planned> = (0..records.len()).filter_map(|at| outcome.remove(&at)).collect();
        if let Some(first) = all.first_mut() {
            first.changes = changes;
        }
        Ok(all)
    }
}

/// Whether the parent is a row of the file that is not planned yet.
fn waits(still: &[&str], parent: &NaturalCode, line: &Line) -> bool {
    parent != &line.code && still.contains(&parent.as_str())
}

/// What is written, if anything, and the organization as it will be.
type Row = std::result::Result<(Option<Box<Written<Organization>>>, Organization), Vec<RowError>>;

impl OrganizationPlanner {
    #[expect(clippy::too_many_arguments, reason = "what a row is checked against: each is one thing")]
    fn row(
        &mut self,
        c: &mut Connection,
        scope: &Scope,
        record: &Record,
        line: Line,
        known: &HashMap<String, Organization>,
        taken: &std::collections::HashSet<String>,
        parents: &HashMap<OrganizationId, String>,
    ) -> Result<Row> {
        let mut errors = Vec::new();
        let before = known.get(line.code.as_str());
        if before.is_none() && taken.contains(line.code.as_str()) {
            errors.push(record.wrong(
                "code",
                Code::Taken,
                "单位代码已被占用，且不在本单位管辖范围内",
                "the code is taken by an organization that the caller does not see",
            ));
        }
        let name = line.name.required(before.map(|one| one.name.clone()), "name", record, &mut errors);
        let kind = line.kind.required(before.map(|one| one.kind), "kind", record, &mut errors);
        let registered = before.and_then(|one| one.parent_id.as_ref()).and_then(|id| parents.get(id)).cloned();
        let parent_code = match &line.parent_code {
            // An import does not move organizations, so the parent of a registered one may be left out.
            Given::Absent | Given::Cleared if before.is_some() => registered.clone(),
            Given::Absent | Given::Cleared => None,
            Given::Value(code) => Some(code.to_string()),
        };
        // A root has no parent, and the caller does not see the parent of its own organization.
        let keeps = before.is_some_and(|one| match &parent_code {
            None => one.parent_id.is_none() || one.code.as_str() == scope.caller.organization_code,
            code => *code == registered,
        });
        if before.is_some() && !keeps {
            errors.push(record.wrong(
                "parent_code",
                Code::CannotChange,
                "导入不移动单位；请用PATCH /api/v1/organizations/{id}修改上级",
                "an import does not move organizations; change the parent by PATCH /api/v1/organizations/{id}",
            ));
        }
        let parent = parent_code.as_deref().and_then(|code| known.get(code));
        if before.is_none() {
            match (&parent_code, parent) {
                (Some(code), None) => {
                    let (zh, en) = near::suggestion(&self.near.organizations(c, &scope.caller, code)?);
                    errors.push(record.wrong(
                        "parent_code",
                        Code::UnknownOrganization,
                        format!("没有代码为{code}的可见单位，文件中也没有有效的该单位{zh}"),
                        format!("the caller sees no organization {code}, and no valid row of the file makes it{en}"),
                    ));
                }
                (None, _) if line.code.as_str() != scope.caller.organization_code => errors.push(record.wrong(
                    "parent_code",
                    Code::MissingField,
                    "缺少上级单位代码；只有令牌所属的单位可以没有上级",
                    "the parent is missing; only the organization of the token can have none",
                )),
                _ => {}
            }
            if parent_code.is_none() && !scope.code_ranges.may_be_root(c, &line.code)? {
                let (zh, en) = CodeRanges::NO_ROOT;
                errors.push(record.wrong("code", Code::OrganizationOutOfReach, zh, en));
            }
            if let Some((parent, kind)) = parent.zip(kind)
                && !scope.code_ranges.belongs(c, kind, &line.code, &parent.division_code)?
            {
                errors.push(record.error(CodeRanges::refused(&line.code, &parent.division_code)));
            }
        }
        if let Some(kind) = kind {
            let mut checked = tree::check_kind(kind, parent);
            if let Some(before) = before.filter(|before| before.kind != kind) {
                checked = checked.and_then(|()| tree::check_division(kind, before, parent));
            }
            if let Err(error) = checked {
                errors.extend(error.field_errors().iter().cloned().map(|error| record.error(error)));
            }
        }
        let (Some(name), Some(kind), true) = (name, kind, errors.is_empty()) else { return Ok(Err(errors)) };
        let now = Instant::now();
        let Some(before) = before else {
            let after = Organization {
                id: OrganizationId::new(),
                version: 1,
                division_code: Organization::division_of(kind, &line.code, parent),
                code: line.code,
                name,
                kind,
                parent_id: parent.map(|parent| parent.id.clone()),
                created_at: now,
                updated_at: now,
            };
            return Ok(Ok((Some(Written::new(after.clone())), after)));
        };
        if (&before.name, before.kind) == (&name, kind) {
            return Ok(Ok((None, before.clone())));
        }
        let mut after = Organization { name, kind, ..before.clone() };
        after.follow(before.version);
        Ok(Ok((Some(Written::changed(before.clone(), after.clone())), after)))
    }
}
