//! Any bytes as a workbook, and whatever sheets come of them as forms: nothing panics, hangs or fills the memory.

#![no_main]

use jixiao_forms::workbooks::{self, Limits};
use libfuzzer_sys::fuzz_target;

use std::sync::Once;

static QUIET: Once = Once::new();

fuzz_target!(|bytes: &[u8]| {
    // The library that reads .xls panics at records that contradict each other, which its caller catches; the fuzzer's own
    // hook would end the run there. A panic that nobody catches still ends it.
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    if let Ok(workbook) = workbooks::read(bytes, &Limits::default()) {
        for sheet in &workbook.sheets {
            for form in jixiao_forms::read(sheet) {
                let _ = form.assessment();
            }
        }
    }
});
