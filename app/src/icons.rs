//! The icons in use, by their code points in the Phosphor font.

/// Each with Phosphor's name for it.
macro_rules! icons {
    ($($name:ident $icon:literal = $point:literal,)+) => {
        $(#[doc = $icon] pub const $name: char = $point;)+

        /// All of them.
        pub const ALL: &[char] = &[$($name),+];
    };
}

icons! {
    SELECT "cursor" = '\u{e1dc}',
    HAND "hand" = '\u{e298}',
    RECTANGLE "rectangle" = '\u{e3f0}',
    DIAMOND "diamond" = '\u{e1ec}',
    ELLIPSE "circle" = '\u{e18a}',
    FRAME "hash" = '\u{e2a2}',
    LINE "line-segment" = '\u{e6d2}',
    ARROW "arrow-up-right" = '\u{e092}',
    TEXT "text-t" = '\u{e48a}',
    NOTE "note" = '\u{e348}',
    PEN "pencil-simple" = '\u{e3b4}',
    HIGHLIGHTER "highlighter" = '\u{ec76}',
    ERASER "eraser" = '\u{e21e}',
    CUTTER "scissors" = '\u{eae0}',
    LASER "sparkle" = '\u{e6a2}',
    EYEDROPPER "eyedropper" = '\u{e568}',
    KEEP_TOOL "push-pin" = '\u{e3e2}',
    INSERT "plus-square" = '\u{ed4a}',
    MORE "caret-down" = '\u{e136}',
    MENU "list" = '\u{e2f0}',
    FOLD "caret-down" = '\u{e136}',
    INTO "caret-right" = '\u{e13a}',
    WIDER "arrows-out-line-horizontal" = '\u{e534}',
    NARROWER "arrows-in-line-horizontal" = '\u{e530}',
    TALLER "arrows-out-line-vertical" = '\u{e536}',
    SHORTER "arrows-in-line-vertical" = '\u{e532}',
    TURN_RIGHT "arrow-clockwise" = '\u{e036}',
    TURN_LEFT "arrow-counter-clockwise" = '\u{e038}',
    UNDO "arrow-u-up-left" = '\u{e08a}',
    REDO "arrow-u-up-right" = '\u{e08c}',
    CUT "scissors" = '\u{eae0}',
    COPY "copy" = '\u{e1ca}',
    PASTE "clipboard" = '\u{e196}',
    PICTURE "image" = '\u{e2ca}',
    VECTOR "file-svg" = '\u{ed08}',
    SCENE "file-code" = '\u{e914}',
    DUPLICATE "copy-simple" = '\u{e1cc}',
    DELETE "trash" = '\u{e4a6}',
    SELECT_ALL "selection-all" = '\u{e746}',
    SELECT_NONE "selection-slash" = '\u{e69e}',
    NEXT "skip-forward" = '\u{e5a6}',
    PREVIOUS "skip-back" = '\u{e5a4}',
    GROUP "bounding-box" = '\u{e6ce}',
    UNGROUP "selection-slash" = '\u{e69e}',
    LOCK "lock-simple" = '\u{e308}',
    UNLOCK "lock-simple-open" = '\u{e30a}',
    FRONT "arrow-line-up" = '\u{e066}',
    FORWARD "arrow-up" = '\u{e08e}',
    BACKWARD "arrow-down" = '\u{e03e}',
    BACK "arrow-line-down" = '\u{e05c}',
    ALIGN_LEFT "align-left" = '\u{e50e}',
    ALIGN_CENTRE "align-center-horizontal" = '\u{e50a}',
    ALIGN_RIGHT "align-right" = '\u{e510}',
    ALIGN_TOP "align-top" = '\u{e512}',
    ALIGN_MIDDLE "align-center-vertical" = '\u{e50c}',
    ALIGN_BOTTOM "align-bottom" = '\u{e506}',
    DISTRIBUTE_ACROSS "columns" = '\u{e546}',
    DISTRIBUTE_DOWN "rows" = '\u{e5a2}',
    FLIP_ACROSS "flip-horizontal" = '\u{ed6a}',
    FLIP_DOWN "flip-vertical" = '\u{ed6c}',
    MOVE "arrows-out-cardinal" = '\u{e0a4}',
    MINUS "minus" = '\u{e32a}',
    PLUS "plus" = '\u{e3d4}',
    ACTUAL_SIZE "magnifying-glass" = '\u{e30c}',
    FIT "corners-out" = '\u{e1d0}',
    FIT_SELECTION "frame-corners" = '\u{e626}',
    GRID "grid-four" = '\u{e296}',
    SNAPPING "magnet-straight" = '\u{e682}',
    MINIMAP "map-trifold" = '\u{e31a}',
    FOCUS "eye-slash" = '\u{e224}',
    FRAME_NAME "textbox" = '\u{eb0a}',
    IN_FRAME "selection-foreground" = '\u{eaf6}',
    PRESENT "presentation" = '\u{e654}',
    SOONER "arrow-line-left" = '\u{e062}',
    LATER "arrow-line-right" = '\u{e064}',
    FRAME_BEFORE "arrow-left" = '\u{e058}',
    FRAME_AFTER "arrow-right" = '\u{e06c}',
    TOGETHER "users-three" = '\u{e68e}',
    FOLLOW "binoculars" = '\u{ea64}',
    ASK_ALL "megaphone" = '\u{e324}',
    SAY "chat-teardrop-text" = '\u{e178}',
    SEEK "crosshair" = '\u{e1d6}',
    TOWARDS "navigation-arrow" = '\u{eade}',
    REACTIONS "smiley" = '\u{e436}',
    THUMBS_UP "thumbs-up" = '\u{e48e}',
    HEART "heart" = '\u{e2a8}',
    HOORAY "confetti" = '\u{e81a}',
    APPLAUSE "hands-clapping" = '\u{e6a0}',
    LOOKING "eyes" = '\u{ee5c}',
    IDEA "lightbulb" = '\u{e2dc}',
    QUESTION "question" = '\u{e3e8}',
    STATUS "caret-up" = '\u{e13c}',
    CHAT "chat" = '\u{e15c}',
    SEND "paper-plane-right" = '\u{e396}',
    WAITING "clock" = '\u{e19a}',
    COMMANDS "command" = '\u{e1c4}',
    SEARCH "magnifying-glass" = '\u{e30c}',
    KEYBOARD "keyboard" = '\u{e2d8}',
    HOME "squares-four" = '\u{e464}',
    OPEN_FILE "folder-open" = '\u{e256}',
    PRINT "printer" = '\u{e3dc}',
    EXPORT "download-simple" = '\u{e20c}',
    SAVE_COPY "export" = '\u{eaf0}',
    FOLDER "folder" = '\u{e24a}',
    NEW_BOARD "file-plus" = '\u{e236}',
    SAMPLE "shapes" = '\u{ec5e}',
    RECENT "clock-counter-clockwise" = '\u{e1a0}',
    NEARBY "wifi-high" = '\u{e4ea}',
    LINK "link-simple" = '\u{e2e6}',
    CODE "qr-code" = '\u{e3e6}',
    SHARE "broadcast" = '\u{e0f2}',
    APPEARANCE "palette" = '\u{e6c8}',
    SYSTEM "circle-half" = '\u{e18c}',
    LIGHT "sun" = '\u{e472}',
    DARK "moon" = '\u{e330}',
    LETTERS "text-aa" = '\u{e6ee}',
    SCALE "text-aa" = '\u{e6ee}',
    STILL "pause" = '\u{e39e}',
    EDIT "pencil-simple-line" = '\u{ebc6}',
    ARRANGE "stack" = '\u{e466}',
    VIEW "eye" = '\u{e220}',
    QUIT "power" = '\u{e3da}',
    CLOSE "x" = '\u{e4f6}',
    CHECK "check" = '\u{e182}',
    NOTHING "prohibit-inset" = '\u{e3e0}',
    WARNING "warning" = '\u{e4e0}',
    LIVE "cloud-check" = '\u{e1b0}',
    OFFLINE "cloud-slash" = '\u{e1b6}',
    SENDING "cloud-arrow-up" = '\u{e1ae}',
    CONNECTING "arrows-clockwise" = '\u{e094}',
    SAVED_HERE "desktop" = '\u{e560}',
    STRAIGHT "line-segments" = '\u{e6d4}',
    CURVE "bezier-curve" = '\u{eb00}',
    ELBOW "arrow-elbow-right-down" = '\u{e050}',
    NEXT_POINT "caret-circle-right" = '\u{e122}',
    PREVIOUS_POINT "caret-circle-left" = '\u{e120}',
    ADD_POINT "plus-circle" = '\u{e3d6}',
    OPACITY "drop-half" = '\u{e566}',
    MORE_ACTIONS "dots-three" = '\u{e1fe}',
    REFUSED "prohibit" = '\u{e3de}',
    PLAY "play" = '\u{e3d0}',
    PAUSE "pause" = '\u{e39e}',
    SPEED "gauge" = '\u{e628}',
    PEOPLE "users" = '\u{e4d6}',
    MADE "plus-circle" = '\u{e3d6}',
    RESTORE_SOME "selection-foreground" = '\u{eaf6}',
    TRUST "shield-check" = '\u{e40c}',
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_is_in_the_font() {
        let ctx = egui::Context::default();
        crate::theme::apply(&ctx);
        let mut missing = Vec::new();
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            let font = crate::fonts::icon(18.0);
            ui.fonts_mut(|fonts| {
                missing = ALL
                    .iter()
                    .filter(|icon| !fonts.has_glyph(&font, **icon))
                    .collect();
            });
        });
        output.textures_delta.clear();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
