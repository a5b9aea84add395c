//! The parts that hold the comments of a sheet, and the boxes that they are shown in.

use std::fmt::Write;

use super::Marks;

fn escaped(text: &str) -> String {
    let plain: String = text.chars().filter(|char| !char.is_control() || *char == '\n').collect();
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The comments themselves.
pub fn comments_part(marks: &Marks) -> String {
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
        <comments xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
        <authors><author>jixiao</author></authors><commentList>"
        .to_owned();
    for (place, text) in marks {
        let _ = write!(
            out,
            "<comment ref=\"{place}\" authorId=\"0\"><text><t xml:space=\"preserve\">{}</t></text></comment>",
            escaped(text)
        );
    }
    out + "</commentList></comments>"
}

/// The boxes of the comments, as spreadsheet programs have drawn them since long before this format.
pub fn drawing_part(marks: &Marks) -> String {
    let mut out = "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
        xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" \
        o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/>\
        <v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>"
        .to_owned();
    for (place, number) in marks.keys().zip(1025..) {
        let (row, column) = (place.row.saturating_sub(1), place.column.saturating_sub(1));
        let _ = write!(
            out,
            "<v:shape id=\"_x0000_s{number}\" type=\"#_x0000_t202\" style=\"position:absolute;visibility:hidden;\
             width:240pt;height:80pt\" fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/>\
             <v:shadow on=\"t\" color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/><v:textbox/>\
             <x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{},15,{},2,{},31,{},9</x:Anchor>\
             <x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>",
            column + 1,
            row,
            column + 5,
            row + 5,
        );
    }
    out + "</xml>"
}
