//! Any bytes as a workbook, and whatever sheets come of them as forms: nothing panics, hangs or fills the memory.

#![no_main]

use jixiao_forms::workbooks::{self, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(workbook) = workbooks::read(bytes, &Limits::default()) {
        for sheet in &workbook.sheets {
            for form in jixiao_forms::read(sheet) {
                let _ = form.assessment();
            }
        }
    }
});
