// Ten calls with the types that were generated.
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

const client = createClient<paths>({
  baseUrl: process.env.BASE ?? "",
  headers: { Authorization: `Bearer ${process.env.TOKEN}` },
  querySerializer: { array: { style: "form", explode: true } },
});

function sound<T>(answer: { data?: T; error?: components["schemas"]["Problem"]; response: Response }): T {
  if (answer.data === undefined) throw new Error(answer.error?.detail ?? String(answer.response.status));
  return answer.data;
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

// 1, 2: a list with a filter, and its next page.
const query = { fiscal_year: [2021], limit: 1 };
const page = sound(await client.GET("/api/v1/projects", { params: { query } }));
const cursor = page.next_cursor;
if (cursor === undefined) throw new Error("there is a next page");
const following = sound(await client.GET("/api/v1/projects", { params: { query: { ...query, cursor } } }));
check(page.items[0]?.id !== following.items[0]?.id, "the next page has others");
// The other one is published, and its figures are locked.
const project = [...page.items, ...following.items].find((one) => one.code === "41010021T000000000001");
if (project === undefined) throw new Error("the demo has this project");

// 3: where the feed stands.
const head = sound(await client.GET("/api/v1/changes/head", {}));

// 4, 5: what has a version has a tag; a change names it, and a stale one is refused with a typed problem.
const path = { id: project.id };
const read = await client.GET("/api/v1/projects/{id}", { params: { path } });
const header = { "If-Match": read.response.headers.get("ETag") ?? "" };
const change = () =>
  client.PATCH("/api/v1/projects/{id}", {
    params: { path, header },
    body: { annual_goal: "全年完成" },
    headers: { "Content-Type": "application/merge-patch+json" },
  });
sound(await change());
const stale = await change();
check(stale.error?.status === 412, "a stale change is refused");

// 6: a new resource, and an import of a workbook that needs it, committed at once.
const organizations = sound(await client.GET("/api/v1/organizations", {}));
const division = organizations.items.find((one) => one.code === "410100");
if (division === undefined) throw new Error("the demo has a division");
if (!organizations.items.some((one) => one.name === "市企业服务中心")) {
  const unit = { code: "410100-90", name: "市企业服务中心", kind: "unit" as const, parent_id: division.id };
  sound(await client.POST("/api/v1/organizations", { body: unit }));
}
const imported = sound(
  await client.POST("/api/v1/imports", {
    params: { query: { kind: "self_assessment_forms", fiscal_year: 2023, create_missing: true, commit: true } },
    body: "",
    bodySerializer: () => readFileSync(process.env.FORM ?? ""),
    headers: { "Content-Type": "application/octet-stream" },
  }),
);
check(imported.status === "committed", `the import is ${imported.status}`);

// 7: what happened meanwhile, by a long poll.
const news = sound(await client.GET("/api/v1/changes", { params: { query: { after: head.next, wait: 1 } } }));
check(news.items.some((event) => event.subject === `projects/${project.id}`), "the feed tells of the change");

// 8: a preview.
const preview = sound(await client.POST("/api/v1/score-previews", { body: { indicators: [] } }));
check(preview.finding_counts.error >= 0, "a preview has findings");

// 9: a report as a file.
const drafts = sound(await client.GET("/api/v1/self-assessments", { params: { query: { status: ["draft"] } } }));
const draft = drafts.items[0];
if (draft === undefined) throw new Error("the demo has a draft");
const report = await client.GET("/api/v1/self-assessments/{id}/report", {
  params: { path: { id: draft.id }, query: { format: "docx" } },
  parseAs: "arrayBuffer",
});
check(new Uint8Array(sound<unknown>(report) as ArrayBuffer)[0] === 0x50, "a report is a file");

// 10: a submission that is refused, with its findings.
const refused = await client.POST("/api/v1/self-assessments/{id}/transitions", {
  params: { path: { id: draft.id }, header: { "If-Match": "*" } },
  body: { action: "submit" },
});
const findings = refused.error?.findings ?? [];
check(refused.response.status === 422 && findings.length > 0, "the findings block it");
console.log("ten calls,", findings.length, "findings, the first:", findings[0]?.message);
