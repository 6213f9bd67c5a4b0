//! Texts, and what is written in boxes and at lines, as Excalidraw's text elements.

use serde_json::{Value, json};

use super::{Members, number, object, put, seed, turn};
use crate::document::{Element, Font, TextAlign};
use crate::geometry::{Kind, VAlign};
use crate::lettering::{Layout, Line};

/// A text that stands by itself.
pub(super) fn text(element: &Element, out: &mut Members) {
    let Some(set) = element.lettered() else { return };
    let scale = element.scale();
    let area = set.layout.area();
    let size = [area.width() * scale, area.height() * scale];
    put(out, "text", set.place * area.center(), size, turn(set.place));
    letters(element, &set.layout, scale, out);
    out.insert("verticalAlign".to_owned(), json!("top"));
    out.insert("containerId".to_owned(), Value::Null);
    out.insert("autoResize".to_owned(), json!(element.wrap.is_none()));
}

/// What is written in a box, or at a line, in the frame that this lies in.
pub(super) fn label(element: &Element, frame: Option<&str>, color: &str) -> Option<Members> {
    if element.text.is_empty() || element.kind == Kind::Text {
        return None;
    }
    let set = element.lettered()?;
    let id = format!("{}-text", element.id);
    let mut out = object(json!({
        "id": id,
        "strokeColor": color,
        "backgroundColor": "transparent",
        "fillStyle": "solid",
        "strokeWidth": 1,
        "strokeStyle": "solid",
        "roughness": 0,
        "opacity": number(element.style.opacity * 100.0),
        "groupIds": element.groups.iter().map(|group| &**group).collect::<Vec<_>>(),
        "frameId": frame,
        "index": null,
        "roundness": null,
        "seed": seed(&id, 1),
        "version": 1,
        "versionNonce": seed(&id, 2),
        "isDeleted": false,
        "boundElements": [],
        "updated": 1,
        "link": null,
        "locked": element.locked,
        "containerId": element.id.as_str(),
        "autoResize": true,
        "verticalAlign": match element.style.valign {
            VAlign::Top => "top",
            VAlign::Middle => "middle",
            VAlign::Bottom => "bottom",
        },
    }));
    let area = set.layout.area();
    put(
        &mut out,
        "text",
        set.place * area.center(),
        [area.width(), area.height()],
        turn(set.place),
    );
    letters(element, &set.layout, 1.0, &mut out);
    Some(out)
}

/// The letters, broken into lines as they are here.
fn letters(element: &Element, layout: &Layout, scale: f64, out: &mut Members) {
    let style = &element.style;
    let lines = layout.lines().iter();
    // The blank at which a line is broken would move its letters there.
    let line = |line: &Line| {
        let letters = element.text.get(line.range.clone())?;
        Some(if line.soft { letters.trim_end() } else { letters })
    };
    let lines: Vec<&str> = lines.filter_map(line).collect();
    out.insert("text".to_owned(), json!(lines.join("\n")));
    out.insert("originalText".to_owned(), json!(&*element.text));
    out.insert("fontSize".to_owned(), number(style.size * scale));
    // Excalifont, Helvetica and Cascadia; it has none with serifs.
    let family = match style.font {
        Font::Hand => 5,
        Font::Plain | Font::Serif => 2,
        Font::Mono => 3,
    };
    out.insert("fontFamily".to_owned(), json!(family));
    out.insert("lineHeight".to_owned(), json!(1.25));
    let align = match style.align {
        TextAlign::Left => "left",
        TextAlign::Center => "center",
        TextAlign::Right => "right",
    };
    out.insert("textAlign".to_owned(), json!(align));
}
