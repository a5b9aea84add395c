"""Ten calls with the client that was generated."""

import importlib
import os
import pkgutil
import sys
from typing import TypeVar

sys.path.insert(0, os.getcwd())

import jixiao_client.api
from jixiao_client import AuthenticatedClient
from jixiao_client.api.changes import get_change_head, list_changes
from jixiao_client.api.imports import create_import
from jixiao_client.api.organizations import create_organization, list_organizations
from jixiao_client.api.projects import get_project, list_projects, update_project
from jixiao_client.api.reports import get_self_assessment_report
from jixiao_client.api.score_previews import create_score_preview
from jixiao_client.api.self_assessments import create_transition, list_self_assessments
from jixiao_client.models import (
    ImportKind,
    NewOrganization,
    NewScorePreview,
    NewTransition,
    OrganizationKind,
    Problem,
    ProjectPatch,
    ReportFormat,
    Status,
)
from jixiao_client.types import File, Unset

for module in pkgutil.walk_packages(jixiao_client.api.__path__, "jixiao_client.api."):
    importlib.import_module(module.name)

client = AuthenticatedClient(base_url=os.environ["BASE"], token=os.environ["TOKEN"])


T = TypeVar("T")


def sound(answer: T | Problem | None) -> T:
    """The answer, unless it is a problem."""
    if answer is None or isinstance(answer, Problem):
        raise SystemExit(f"a problem: {answer}")
    return answer


# 1, 2: a list with a filter, and its next page.
page = sound(list_projects.sync(client=client, fiscal_year=[2021], limit=1))
following = sound(list_projects.sync(client=client, fiscal_year=[2021], limit=1, cursor=page.next_cursor))
assert page.items[0].id != following.items[0].id
# The other one is published, and its figures are locked.
project = next(one for one in [*page.items, *following.items] if one.code == "41010021T000000000001")

# 3: where the feed stands.
head = sound(get_change_head.sync(client=client))

# 4: what has a version has a tag; 5: a change names it, and a stale one is refused with a typed problem.
read = get_project.sync_detailed(project.id, client=client)
tag = read.headers["etag"]
patch = ProjectPatch(overall_goal=f"总目标，{os.environ['UNIT']}")
sound(update_project.sync(project.id, client=client, body=patch, if_match=tag))
stale = update_project.sync(project.id, client=client, body=patch, if_match=tag)
assert isinstance(stale, Problem) and stale.status == 412, stale

# 6: a new resource, and an import of a workbook that needs it, committed at once.
division = next(one for one in sound(list_organizations.sync(client=client)).items if one.code == "410100")
if all(one.name != "市企业服务中心" for one in sound(list_organizations.sync(client=client)).items):
    unit = NewOrganization(code="410100-90", name="市企业服务中心", kind=OrganizationKind.UNIT, parent_id=division.id)
    sound(create_organization.sync(client=client, body=unit))
with open(os.environ["FORM"], "rb") as form:
    imported = sound(
        create_import.sync(
            client=client,
            body=File(payload=form, file_name="form.xlsx"),
            kind=ImportKind.SELF_ASSESSMENT_FORMS,
            fiscal_year=2023,
            create_missing=True,
            commit=True,
        )
    )
assert imported.rows.rejected == 0, imported

# 7: what happened meanwhile, by a long poll.
news = sound(list_changes.sync(client=client, after=head.next_, wait=1))
assert any(event.subject == f"projects/{project.id}" for event in news.items), news

# 8: a preview.
preview = sound(create_score_preview.sync(client=client, body=NewScorePreview.from_dict({"indicators": []})))
assert not isinstance(preview.finding_counts, Unset)

# 9: a report as a file; 10: a submission that is refused, with its findings.
draft = sound(list_self_assessments.sync(client=client, status=[Status.DRAFT])).items[0]
report = sound(get_self_assessment_report.sync(draft.id, client=client, format_=ReportFormat.DOCX))
assert report.payload.read(2) == b"PK"
refused = create_transition.sync(draft.id, client=client, body=NewTransition.from_dict({"action": "submit"}), if_match="*")
assert isinstance(refused, Problem) and refused.status == 422, refused
assert not isinstance(refused.findings, Unset) and refused.findings[0].message, refused
print("ten calls,", len(refused.findings), "findings")
