//! Reports (绩效自评报告): the statutory report of an assessment, as a function of its data.

pub mod document;
pub mod docx;
