//! The parts that hold the comments of a sheet, and the boxes that they are shown in.

use std::collections::BTreeSet;
use std::fmt::Write;

use quick_xml::events::Event;

use super::raw::{before_end, each, prefix, tag};
use super::xml::attribute;
use super::{Marks, Place, WorkbookError};

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
    comments(&mut out, "", 0, marks, &BTreeSet::new());
    out + "</commentList></comments>"
}

/// The comments of a sheet with more beside them, and the cells that had one before. A cell takes a single comment, so
/// there the new text stands below the old. None where the part is of another shape.
pub fn joined_comments(text: &str, marks: &Marks) -> Result<Option<(String, BTreeSet<Place>)>, WorkbookError> {
    let mut out = String::with_capacity(text.len());
    let (mut authors, mut before, mut open) = (None::<usize>, BTreeSet::new(), None::<&str>);
    let mut is_joined = false;
    let is_whole = each(text, |event, raw| {
        let (Event::Start(start) | Event::Empty(start)) = event else {
            if let Event::End(end) = event {
                let prefix = prefix(end.name().into_inner());
                match end.local_name().into_inner() {
                    "authors" => out.push_str(&author(&prefix)),
                    "text" => add_below(&mut out, &prefix, open.take()),
                    "commentList" => {
                        is_joined = true;
                        comments(&mut out, &prefix, authors.unwrap_or(0), marks, &before);
                    }
                    _ => {}
                }
            }
            out.push_str(raw);
            return true;
        };
        let (is_empty, prefix) = (matches!(event, Event::Empty(_)), prefix(start.name().into_inner()));
        let name = start.local_name().into_inner();
        let end = |out: &mut String| {
            let _ = write!(out, "</{prefix}{name}>");
        };
        match name {
            "authors" => authors = Some(0),
            "author" => authors = authors.map(|count| count + 1),
            "comment" => {
                let place = attribute(start, "ref").and_then(|name| Place::parse(&name));
                open = place.and_then(|place| marks.get(&place)).map(String::as_str);
                before.extend(place);
            }
            // How the text is read stands behind all of it.
            "rPh" | "phoneticPr" => add_below(&mut out, &prefix, open.take()),
            _ => {}
        }
        match name {
            "authors" if is_empty => {
                out.push_str(&tag(start, &[], false));
                out.push_str(&author(&prefix));
                end(&mut out);
            }
            "text" if is_empty => {
                out.push_str(&tag(start, &[], false));
                add_below(&mut out, &prefix, open.take());
                end(&mut out);
            }
            "commentList" if is_empty => {
                is_joined = true;
                out.push_str(&tag(start, &[], false));
                comments(&mut out, &prefix, authors.unwrap_or(0), marks, &before);
                end(&mut out);
            }
            _ => out.push_str(raw),
        }
        true
    })?;
    Ok((is_whole && is_joined && authors.is_some()).then_some((out, before)))
}

fn author(prefix: &str) -> String {
    format!("<{prefix}author>jixiao</{prefix}author>")
}

fn add_below(out: &mut String, prefix: &str, text: Option<&str>) {
    if let Some(text) = text {
        let text = escaped(text);
        let _ = write!(out, "<{prefix}r><{prefix}t xml:space=\"preserve\">\n{text}</{prefix}t></{prefix}r>");
    }
}

/// Comments of cells that had none.
fn comments(out: &mut String, prefix: &str, author: usize, marks: &Marks, before: &BTreeSet<Place>) {
    for (place, text) in marks.iter().filter(|(place, _)| !before.contains(place)) {
        let _ = write!(
            out,
            "<{prefix}comment ref=\"{place}\" authorId=\"{author}\"><{prefix}text>\
             <{prefix}t xml:space=\"preserve\">{}</{prefix}t></{prefix}text></{prefix}comment>",
            escaped(text)
        );
    }
}

/// The boxes of the comments, as spreadsheet programs have drawn them since long before this format.
pub fn drawing_part(places: &BTreeSet<Place>) -> String {
    format!("<xml {}>{SHAPE_TYPE}{}</xml>", namespaces(), boxes(places, 1025))
}

/// The drawing of a sheet with more boxes. None where it is no drawing of the usual kind.
pub fn joined_drawing(text: &str, places: &BTreeSet<Place>) -> Option<String> {
    let ids = text.split(SHAPE_ID).skip(1).filter_map(|rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().ok()
    });
    let first = ids.max().unwrap_or(1024).saturating_add(1);
    let has_type = text.contains("id=\"_x0000_t202\"");
    if places.is_empty() {
        return Some(text.to_owned());
    }
    let mut more = if has_type { String::new() } else { SHAPE_TYPE.to_owned() };
    more.push_str(&boxes(places, first));
    // Some programs name the namespaces otherwise; then each of ours brings its names along.
    if !text.contains(NAMESPACES.0) || !text.contains(NAMESPACES.1) || !text.contains(NAMESPACES.2) {
        let names = namespaces();
        let named = more.replace("<v:shapetype ", &format!("<v:shapetype {names} "));
        more = named.replace("<v:shape ", &format!("<v:shape {names} "));
    }
    before_end(text, "xml", &more)
}

const NAMESPACES: (&str, &str, &str) = (
    "xmlns:v=\"urn:schemas-microsoft-com:vml\"",
    "xmlns:o=\"urn:schemas-microsoft-com:office:office\"",
    "xmlns:x=\"urn:schemas-microsoft-com:office:excel\"",
);

fn namespaces() -> String {
    format!("{} {} {}", NAMESPACES.0, NAMESPACES.1, NAMESPACES.2)
}

const SHAPE_TYPE: &str = "<v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" \
     path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/>\
     <v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>";
const SHAPE_ID: &str = "_x0000_s";

fn boxes(places: &BTreeSet<Place>, first: u64) -> String {
    let mut out = String::new();
    for (place, number) in places.iter().zip(first..) {
        let (row, column) = (place.row.saturating_sub(1), place.column.saturating_sub(1));
        let _ = write!(
            out,
            "<v:shape id=\"{SHAPE_ID}{number}\" type=\"#_x0000_t202\" style=\"position:absolute;visibility:hidden;\
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
    out
}
