//! The one table of error codes: status, title, meaning and remedy in both languages.

use actix_web::http::StatusCode;

use crate::findings::Language;

/// One row of the table, as the page of the code shows it.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The HTTP status; a code for one field has that of the answer it stands in.
    pub status: u16,
    /// A title in Chinese and English.
    pub title: (&'static str, &'static str),
    /// What it means and what to do, in Chinese and English.
    pub remedy: (&'static str, &'static str),
}

macro_rules! codes {
    ($($variant:ident = $text:literal, $status:literal, $zh:literal, $en:literal, $remedy_zh:literal, $remedy_en:literal;)+) => {
        /// A stable error code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $en] $variant),+
        }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];

            /// The code as clients see it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text),+ }
            }

            /// Its row of the table.
            pub const fn entry(self) -> Entry {
                match self {
                    $(Code::$variant => Entry { status: $status, title: ($zh, $en), remedy: ($remedy_zh, $remedy_en) }),+
                }
            }
        }
    };
}

codes! {
    BadJson = "bad_json", 400, "请求体不是有效的JSON", "The body is not valid JSON",
        "检查detail所指行列处的语法；编码须为UTF-8。", "Mend the syntax at the line and column that detail names; the encoding is UTF-8.";
    BadPath = "bad_path", 400, "路径中的参数有误", "A parameter in the path is malformed",
        "路径中的id须为服务返回的UUID，版本号须为整数。", "Ids in paths are the UUIDs that this service returned; versions are whole numbers.";
    BadQuery = "bad_query", 400, "查询参数有误", "A query parameter is unknown or malformed",
        "errors列出每个有误的参数；未知参数不会被忽略。", "errors names each parameter; an unknown one is never ignored.";
    BadHeader = "bad_header", 400, "请求头有误", "A request header is malformed",
        "按detail修改该请求头，例如Idempotency-Key须为1至200个可见ASCII字符。", "Change the header as detail says; an Idempotency-Key, for example, has 1 to 200 visible ASCII characters.";
    BadCursor = "bad_cursor", 400, "翻页游标无效", "The cursor does not belong to this list",
        "游标只能与给出它的那次查询的筛选和排序一起使用；从第一页重新开始。", "A cursor goes with the filters and the sort of the request that gave it; start again from the first page.";
    Unauthenticated = "unauthenticated", 401, "未提供有效令牌", "No valid token was given",
        "在Authorization头中给出Bearer令牌；令牌过期后重新取得。命令jixiao token可签发。", "Send a bearer token in the Authorization header, and get a new one when it expires; `jixiao token` mints one.";
    ScopeMissing = "scope_missing", 403, "令牌缺少所需权限", "The token lacks a scope",
        "请令牌签发方加入detail所列的权限(scope)。", "Ask the issuer of the token for the scope that detail names.";
    OrganizationOutOfReach = "organization_out_of_reach", 403, "不在本单位管辖范围内", "The act is not for this organization",
        "顶级单位只能由其自身代码的令牌创建；其他单位须建在可见的上级之下。", "A root organization is made by a token of its own code; any other below a parent that the caller sees.";
    NotFound = "not_found", 404, "资源不存在或不可见", "The resource does not exist, or not for this caller",
        "核对id；他单位的数据按不存在处理。", "Check the id; what belongs to organizations outside the caller's subtree counts as absent.";
    NoSuchPath = "no_such_path", 404, "没有这个路径", "There is no such path",
        "对照/docs检查路径。", "Compare the path with /docs.";
    MethodNotAllowed = "method_not_allowed", 405, "该路径不支持此方法", "The path does not take this method",
        "使用Allow头所列的方法。", "Use one of the methods in the Allow header.";
    NotAcceptable = "not_acceptable", 406, "无法按所求格式作答", "No acceptable representation",
        "放宽Accept-Encoding头。", "Widen the Accept-Encoding header.";
    RequestTimeout = "request_timeout", 408, "请求未及时发完", "The request did not arrive in time",
        "检查网络后重试；带Idempotency-Key的POST可以安全重试。", "Check the network and try again; a POST with an Idempotency-Key can be retried safely.";
    Taken = "taken", 409, "已被占用", "The value is taken",
        "errors指出重复的字段；换一个值，或修改已有的记录。", "errors names the field; choose another value, or change the record that has it.";
    InUse = "in_use", 409, "仍被引用，不能删除", "It is still in use",
        "先处理引用它的记录。", "First move or delete what refers to it.";
    ActionNotAllowed = "action_not_allowed", 409, "当前状态不允许此操作", "The state does not allow this action",
        "allowed_actions列出现在可做的操作。", "allowed_actions lists what may be done now.";
    FiguresLocked = "figures_locked", 409, "自评已送审或已公开，项目数据已锁定", "The figures are locked: an assessment rests on them",
        "由本单位撤回(withdraw)，或请审核方退回(return)；已公开的由财政重启(reopen)后再改。", "Have the assessment withdrawn or returned, a published one reopened, and change the figures then.";
    Stale = "stale", 412, "记录已被他人修改", "The record has changed since it was read",
        "重新读取，以新的ETag作为If-Match再试。", "Read it again and send the new ETag as If-Match.";
    ImportOutdated = "import_outdated", 409, "校验之后数据已有变化", "What is registered has changed since the import was checked",
        "重新读取导入及其报告；已按现状重新校验，确认后再提交。", "Read the import and its report again: it was checked anew. Commit when it is as you want it.";
    ImportTouched = "import_touched", 409, "导入的记录之后又有变动，不能撤销", "Later changes stand in the way of reverting",
        "errors列出每处变动；先撤回这些变动，或逐条更正。", "errors lists each of them; take them back first, or mend the records one by one.";
    ImportExpired = "import_expired", 410, "导入的文件已按保留期限删除", "The files of the import are gone",
        "超过expires_at的导入只保留记录；请重新上传。", "After expires_at only the record of an import is kept; upload the file again.";
    ExportGone = "export_gone", 410, "导出文件已不存在", "The file of the export is gone",
        "文件已按保留期限删除，或在另一台服务器上；请重新导出。", "It was removed after its time, or lies on another server; make the export again.";
    SnapshotRequired = "snapshot_required", 410, "需要重新取全量", "A new snapshot is required",
        "重新导出全量数据，再从导出所记的序号继续读取变更。", "Take an export of what you follow, and go on from the position that it states.";
    BrokenUpload = "broken_upload", 400, "上传内容读取失败", "The upload cannot be read",
        "检查网络和Content-Encoding后重新上传。", "Check the network and the Content-Encoding, and send it again.";
    TooLarge = "too_large", 413, "请求体过大", "The body is too large",
        "上限见/api/v1/limits。", "The limit is at /api/v1/limits.";
    UnsupportedMediaType = "unsupported_media_type", 415, "不支持的媒体类型", "The media type is not supported",
        "POST和PUT使用application/json，PATCH使用application/merge-patch+json。", "POST and PUT take application/json, PATCH takes application/merge-patch+json.";
    RangeNotSatisfiable = "range_not_satisfiable", 416, "所请求的范围不在文件之内", "The range lies outside the file",
        "文件的字节数见导出的manifest。", "The manifest of the export says how many bytes the file has.";
    InvalidFields = "invalid_fields", 422, "请求内容有误", "Fields of the body are wrong",
        "errors按位置列出全部错误；一次改完再提交。", "errors lists all of them by place; mend them all and send again.";
    FindingsBlockSubmission = "findings_block_submission", 422, "存在错误级疑点，不能送审", "Findings of severity error block the submission",
        "findings列出全部疑点及其数字；更正数据或补充原因后再送审。", "findings lists them all with their figures; correct the data or give the reasons, and submit again.";
    RowsRejected = "rows_rejected", 422, "有被拒绝的行，整体未导入", "Rows are rejected, so nothing is imported",
        "errors指出每行的位置；改正文件后重新上传，或用mode=valid_rows只导入有效的行。", "errors names the place of each; mend the file and upload it again, or use mode=valid_rows for the rows that are valid.";
    NotAWorkbook = "not_a_workbook", 422, "不是.xlsx工作簿", "It is no .xlsx workbook",
        "用表格软件另存为.xlsx。", "Save it as .xlsx with a spreadsheet program.";
    OldWorkbookFormat = "old_workbook_format", 422, "1997年以前的.xls工作簿", "A workbook (.xls) of before 1997",
        "用表格软件另存为.xlsx。", "Save it as .xlsx with a spreadsheet program.";
    BinaryWorkbookFormat = "binary_workbook_format", 422, ".xlsb二进制工作簿", "A binary workbook (.xlsb)",
        "用表格软件另存为.xlsx。", "Save it as .xlsx with a spreadsheet program.";
    PasswordProtected = "password_protected", 422, "文件有打开密码", "The file is protected by a password",
        "去掉密码后重新上传。", "Remove the password and upload it again.";
    DamagedFile = "damaged_file", 422, "文件已损坏", "The file is damaged",
        "用原来的软件打开并重新保存。", "Open it in the program it was made with, and save it again.";
    FileTooLarge = "file_too_large", 422, "文件过大", "The file is too large",
        "detail说明超出的限制；请拆分后上传。", "detail names the limit; split the file.";
    ReportTooLong = "report_too_long", 422, "报告过长，不能排成PDF", "The report is too long for a PDF",
        "改用format=docx或format=html。", "Ask for it with format=docx or format=html.";
    FormatNotBuilt = "format_not_built", 501, "本程序未包含该格式", "This program was built without the format",
        "改用format=docx或format=html；或用默认功能重新编译（去掉--no-default-features）。", "Ask for format=docx or format=html, or build the program with its default features (without --no-default-features).";
    EmptyContent = "empty_content", 422, "文件没有内容", "The file is empty",
        "检查上传的文件。", "Check the file that was sent.";
    HeaderNotFound = "header_not_found", 422, "没有找到表头", "No header was found",
        "下载模板对照列名：/api/v1/import-templates/{kind}。", "Compare the columns with the template at /api/v1/import-templates/{kind}.";
    UnknownColumn = "unknown_column", 422, "有未知或多余的列", "A column is unknown",
        "删去该列，或改用模板中的列名。", "Remove the column, or use a name of the template.";
    NoForms = "no_forms", 422, "没有找到绩效自评表", "No self-assessment form was found",
        "表中须有“项目名称”，或含“三级指标”和“实际完成值”的表头。", "A form has 项目名称, or a header with 三级指标 and 实际完成值.";
    Interrupted = "interrupted", 422, "处理被中断", "The work was interrupted",
        "服务停止时导入尚未完成，没有任何数据改变；请重新上传。", "The service stopped before the import was done, and nothing was changed; upload the file again.";
    IdempotencyKeyReused = "idempotency_key_reused", 422, "Idempotency-Key已用于另一请求", "The Idempotency-Key was used for another request",
        "新的请求使用新的键；重试则须原样重发。", "Use a new key for a new request; a retry repeats the request unchanged.";
    LimitReached = "limit_reached", 409, "数量已达上限", "There are as many as there may be",
        "detail说明上限；先删除不再使用的。", "detail names the limit; delete what is not used any more.";
    PreconditionRequired = "precondition_required", 428, "缺少If-Match", "If-Match is required",
        "先读取资源，以其ETag作为If-Match；不在意版本时可用*。", "Read the resource first and send its ETag as If-Match, or * for whatever version there is.";
    TooManyRequests = "too_many_requests", 429, "请求过多", "Too many requests",
        "按Retry-After稍后重试；RateLimit头说明剩余的次数。", "Try again after Retry-After seconds; the RateLimit header says how many are left.";
    HeadersTooLarge = "headers_too_large", 431, "请求头过大", "The request headers are too large",
        "减少请求头的内容。", "Send fewer or shorter headers.";
    Internal = "internal", 500, "服务内部错误", "Internal error",
        "带上request_id告知服务的管理员；GET及带Idempotency-Key的POST可以重试。", "Tell the service's operator the request_id; a GET, and a POST with an Idempotency-Key, can be retried.";
    Busy = "busy", 503, "等待写入的请求过多", "Too many writes are waiting",
        "按Retry-After稍后重试。", "Try again after Retry-After seconds.";
    StorageUnavailable = "storage_unavailable", 503, "存储空间已满或只读", "The storage is full or cannot be written",
        "数据未改变；请告知管理员，腾出空间后按Retry-After重试。", "Nothing was changed; tell the operator, and try again after Retry-After seconds once there is room.";
    DatabaseUnavailable = "database_unavailable", 503, "数据库暂不可用", "The database does not answer",
        "按Retry-After稍后重试；仍不行请告知管理员。", "Try again after Retry-After seconds, and tell the operator if it goes on.";

    MissingField = "missing_field", 422, "缺少必填项", "A required field is missing",
        "补上该字段。", "Add the field.";
    UnknownField = "unknown_field", 422, "没有这个字段", "There is no such field",
        "改正字段名；多余的字段不会被忽略。", "Mend the name; a field that is not known is never ignored.";
    UnknownParameter = "unknown_parameter", 400, "没有这个查询参数", "There is no such query parameter",
        "改正参数名。", "Mend the name.";
    WrongType = "wrong_type", 422, "类型有误", "The type is wrong",
        "按detail改为正确的类型。", "Use the type that detail names.";
    NotADecimal = "not_a_decimal", 422, "不是十进制数", "Not a decimal",
        "金额、分值和数量写成字符串，例如\"10.00\"。", "Amounts, points and quantities are strings such as \"10.00\".";
    TooManyDecimals = "too_many_decimals", 422, "小数位过多", "Too many decimals",
        "金额和分值最多两位小数。", "Amounts and points have at most two decimals.";
    OutOfRange = "out_of_range", 422, "超出范围", "Out of range",
        "取detail所给范围内的值。", "Take a value in the range that detail gives.";
    UnknownValue = "unknown_value", 422, "不在可选值之内", "Not one of the accepted values",
        "取detail所列的值之一。", "Take one of the values that detail lists.";
    Blank = "blank", 422, "不能为空", "Must not be blank",
        "填写内容，或省略该字段。", "Fill it in, or leave the field out.";
    TooLong = "too_long", 422, "过长", "Too long",
        "缩短到detail所给的长度。", "Shorten it to the length that detail gives.";
    ControlCharacter = "control_character", 422, "含有控制字符", "It has a control character",
        "去掉不可见的控制字符。", "Remove the invisible control character.";
    InvalidId = "invalid_id", 422, "不是有效的id", "Not a valid id",
        "使用服务返回的UUID。", "Use the UUID that this service returned.";
    InvalidCode = "invalid_code", 422, "代码格式有误", "The code is malformed",
        "代码由1至64个字母、数字或._-组成。", "A code has 1 to 64 letters, digits or ._-.";
    NotAnInstant = "not_an_instant", 400, "不是有效的时间", "Not an instant",
        "使用RFC 3339格式，例如2026-11-23T08:00:00Z。", "Use RFC 3339, for example 2026-11-23T08:00:00Z.";
    UnknownReference = "unknown_reference", 422, "所引用的记录不存在", "It refers to nothing that the caller sees",
        "先创建所引用的记录，或核对其id、代码。", "Create what it refers to first, or check its id or code.";
    Duplicate = "duplicate", 422, "同一请求中重复", "It is twice in the same request",
        "每项只出现一次。", "Give each one once.";
    TargetNotUnderstood = "target_not_understood", 422, "指标值无法按所给性质理解", "The target does not fit the measure",
        "数值指标写数字和单位，时限指标写年月或日期；或改用定性指标(qualitative)。", "Give a number with its unit, or a month or date; or make the indicator qualitative.";
    TargetContradictsText = "target_contradicts_text", 422, "指标值与其原文不一致", "The target and its text disagree",
        "只给target_text，或使两者一致。", "Give target_text alone, or make both agree.";
    UnknownProject = "unknown_project", 422, "没有这个项目", "There is no such project",
        "detail列出相近的项目；先登记项目，或加参数create_missing=true。", "detail names near ones; register the project first, or add create_missing=true for forms.";
    UnknownOrganization = "unknown_organization", 422, "没有这个单位", "There is no such organization",
        "detail列出相近的单位；先登记单位，或改正代码、名称。", "detail names near ones; register it first, or mend its code or name.";
    UnknownIndicator = "unknown_indicator", 422, "项目没有这个指标", "The project has no such indicator",
        "名称须与登记的三级指标一致。", "The name must be that of a registered indicator.";
    Ambiguous = "ambiguous", 422, "同名的不止一个", "Several have this name",
        "改用代码，或补上一级、二级指标。", "Use the code, or add level1 and level2.";
    NoDraft = "no_draft", 422, "没有填报中的自评", "There is no draft of a self-assessment",
        "先建立自评，或加参数create_missing=true。", "Open a self-assessment first, or add create_missing=true.";
    FiscalYearDiffers = "fiscal_year_differs", 422, "年度不一致", "The fiscal years disagree",
        "改正表中年度，或去掉参数fiscal_year。", "Mend the year in the form, or leave the parameter fiscal_year out.";
    CellError = "cell_error", 422, "公式有错误", "A formula gave an error",
        "用表格软件打开、更正并保存。", "Open it in a spreadsheet program, mend and save it.";
    DigitsLost = "digits_lost", 422, "代码丢失了数字", "A code has lost digits",
        "把单元格设为文本格式后重新填写代码。", "Make the cell a text and write the code again.";
    BadEncoding = "bad_encoding", 422, "含无法识别的字符", "Characters cannot be read",
        "文件须为UTF-8或GB18030编码。", "The file must be UTF-8 or GB18030.";
    InvalidUrl = "invalid_url", 422, "地址有误", "The value is no address",
        "须为https://开头的完整地址。", "Give a whole address that begins with https://.";
    TargetRefused = "target_refused", 422, "不可推送到该地址", "Messages cannot be sent to this address",
        "公网地址用https；内网或本机地址由运维以--webhook-networks放行。", "Use https for a public address; the operator allows a private or local one with --webhook-networks.";
    NotAllowedHere = "not_allowed_here", 422, "此处不能填写", "The field does not go with the others",
        "按detail删去该字段，或改动与之配合的字段。", "Leave the field out, or change the one it goes with, as detail says.";
    CannotChange = "cannot_change", 422, "创建后不能修改", "It cannot be changed once made",
        "新建一条记录。", "Make a new record instead.";
}

impl Code {
    /// The code of that name.
    pub fn from_name(text: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// Its HTTP status.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.entry().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Its title.
    pub const fn title(self, language: Language) -> &'static str {
        let (zh, en) = self.entry().title;
        match language {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    /// The code of an answer that the web framework made by itself.
    pub fn of_status(status: StatusCode) -> Code {
        let whole_answers = Code::ALL.iter().copied().take_while(|&code| code != Code::MissingField);
        match status {
            StatusCode::BAD_REQUEST => Code::BadPath,
            StatusCode::NOT_FOUND => Code::NoSuchPath,
            other => whole_answers.into_iter().find(|code| code.status() == other).unwrap_or(Code::Internal),
        }
    }
}
