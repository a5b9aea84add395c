//! Jixiao: budget performance management (预算绩效管理) as a REST/JSON service.
//!
//! It keeps projects, budgets, indicators and self-assessments of public units, computes every score
//! from the figures by a published rule, explains each point, and shows where a form contradicts
//! itself. `CONTRIBUTING.md` has the map and the rules of the house.

// The application: routes, shared state, what every request goes through.
pub mod app;
// Self-assessments (绩效自评) and department evaluations (部门评价).
pub mod assessments;
// Who calls, and what a token allows.
pub mod auth;
// The files that any server may be asked for.
pub mod blobs;
// Budget lines (项目资金) and their sums.
pub mod budgets;
// Certificates and keys in files.
pub mod certificates;
// Changes (变更): the feed that other systems follow.
pub mod changes;
// The commands of the program.
pub mod cli;
// Every setting.
pub mod config;
// The database, SQLite or Postgres.
pub mod db;
// Exports (数据导出).
pub mod exports;
// Findings (疑点): where a form contradicts itself. A crate of its own.
pub use jixiao_scoring::findings;
// What is swept every hour.
pub mod hourly;
// The self-assessment form (绩效自评表) in a workbook. A crate of its own.
pub use jixiao_forms as forms;
// What every request and every answer share.
pub mod http;
// Imports (批量导入).
pub mod imports;
// Indicators (绩效指标).
pub mod indicators;
// Which server does the work that goes on beside the requests.
pub mod leases;
// The OpenAPI document.
pub mod openapi;
// Organizations (单位).
pub mod organizations;
// Projects (项目).
pub mod projects;
// Reports (绩效自评报告).
pub mod reports;
// Rule profiles (评分规则).
pub mod rule_profiles;
// Score previews (试算).
pub mod score_previews;
// Published scores (评价得分).
pub mod scores;
// The core: from figures to points, each one explained. A crate of its own.
pub use jixiao_scoring as scoring;
// Workbooks as they are written.
pub mod sheets;
// The service itself: health, limits, document.
pub mod service;
// Statistics (统计).
pub mod statistics;
// Money, points, instants, ids, texts: valid once made.
pub mod values;
// Webhooks (推送): events posted to those who asked.
pub mod webhooks;
// Workbooks (.xlsx) as grids of texts.
pub use jixiao_forms::workbooks;
