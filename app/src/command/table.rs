//! The table of commands.

use drawbridge_engine::editor::{Align, Axis, Edit, Stacking, StyleChange};
use drawbridge_engine::geometry::{Kind, Route, Vec2};
use drawbridge_engine::tools::Tool;
use egui::{Key, KeyboardShortcut};

use super::keys::{alt, alt_shift, ctrl, ctrl_shift, key, shift};
use super::{Appearance, Command, Deed, Entry, Past, Section, Speed};
use crate::icons;
use crate::panels::nearby::Let;

/// Keys of a command.
type Keys = &'static [KeyboardShortcut];

/// How far an arrow key moves the selection, in board units; ...
const STEP: f64 = 1.0;
/// ... and with Shift, and by how much others make it larger or smaller.
const LEAP: f64 = 10.0;
/// By how much a key turns it, in radians: 15 degrees.
const TURN: f64 = std::f64::consts::PI / 12.0;

const fn entry(
    section: Section,
    command: Command,
    label: &'static str,
    hint: &'static str,
    icon: char,
    keys: Keys,
) -> Entry {
    Entry {
        command,
        section,
        label,
        hint,
        icon,
        keys,
    }
}

const fn tool(tool: Tool, label: &'static str, hint: &'static str, icon: char, keys: Keys) -> Entry {
    entry(Section::Tools, Command::Tool(tool), label, hint, icon, keys)
}

const fn edit(command: Command, label: &'static str, icon: char, keys: Keys) -> Entry {
    entry(Section::Edit, command, label, "", icon, keys)
}

const fn arrange(edit: Edit, label: &'static str, icon: char, keys: Keys) -> Entry {
    entry(Section::Arrange, Command::Edit(edit), label, "", icon, keys)
}

const fn nudge(x: f64, y: f64, label: &'static str, keys: Keys) -> Entry {
    arrange(Edit::Nudge(Vec2::new(x, y)), label, icons::MOVE, keys)
}

const fn resize(x: f64, y: f64, label: &'static str, icon: char, keys: Keys) -> Entry {
    arrange(Edit::Resize(Vec2::new(x, y)), label, icon, keys)
}

const fn route(route: Route, label: &'static str, icon: char) -> Entry {
    edit(
        Command::Edit(Edit::Style(StyleChange::Route(route))),
        label,
        icon,
        &[],
    )
}

const fn view(command: Command, label: &'static str, hint: &'static str, icon: char, keys: Keys) -> Entry {
    entry(Section::View, command, label, hint, icon, keys)
}

const fn together(
    command: Command,
    label: &'static str,
    hint: &'static str,
    icon: char,
    keys: Keys,
) -> Entry {
    entry(Section::Together, command, label, hint, icon, keys)
}

const fn looks(command: Command, label: &'static str, icon: char) -> Entry {
    entry(Section::Appearance, command, label, "", icon, &[])
}

const fn board(command: Command, label: &'static str, hint: &'static str, icon: char, keys: Keys) -> Entry {
    entry(Section::Board, command, label, hint, icon, keys)
}

const fn past(past: Past, label: &'static str, hint: &'static str, icon: char, keys: Keys) -> Entry {
    entry(Section::History, Command::Past(past), label, hint, icon, keys)
}

const fn help(command: Command, label: &'static str, icon: char, keys: Keys) -> Entry {
    entry(Section::Help, command, label, "", icon, keys)
}

/// Every command that needs nothing but itself, in the order in which a person looks for it.
#[rustfmt::skip]
pub static TABLE: &[Entry] = &[
    tool(Tool::Select, "Select", "Click or drag around things; Shift adds to the selection", icons::SELECT, &[key(Key::V), key(Key::Num1)]),
    tool(Tool::Hand, "Hand", "Move the view; with any tool, hold Space or the middle button", icons::HAND, &[key(Key::H)]),
    tool(Tool::Shape(Kind::Rectangle), "Rectangle", "Hold Shift for a square, Alt to draw from the centre", icons::RECTANGLE, &[key(Key::R), key(Key::Num2)]),
    tool(Tool::Shape(Kind::Diamond), "Diamond", "Hold Shift for equal sides, Alt to draw from the centre", icons::DIAMOND, &[key(Key::Num3)]),
    tool(Tool::Shape(Kind::Ellipse), "Ellipse", "Hold Shift for a circle, Alt to draw from the centre", icons::ELLIPSE, &[key(Key::O), key(Key::Num4)]),
    tool(Tool::Shape(Kind::Frame), "Frame", "A region with a name: what lies in it moves, is clipped and is copied with it", icons::FRAME, &[key(Key::F)]),
    tool(Tool::Line, "Line", "Drag, or click from point to point; Shift keeps to steps of 15 degrees", icons::LINE, &[key(Key::L), key(Key::Num6)]),
    tool(Tool::Arrow, "Arrow", "Drag, or click from point to point; Shift keeps to steps of 15 degrees", icons::ARROW, &[key(Key::A), key(Key::Num5)]),
    tool(Tool::Text, "Text", "Click to type, or drag to say how wide; a double click on the board does it too", icons::TEXT, &[key(Key::T), key(Key::Num8)]),
    tool(Tool::Note, "Note", "Click to put down a note and type on it", icons::NOTE, &[key(Key::N)]),
    tool(Tool::Pen, "Pen", "Hold Shift for a straight line, Ctrl to erase meanwhile", icons::PEN, &[key(Key::P), key(Key::D), key(Key::Num7)]),
    tool(Tool::Highlighter, "Highlighter", "Marks below the ink, and gets no darker where it crosses itself", icons::HIGHLIGHTER, &[shift(Key::D)]),
    tool(Tool::Eraser, "Eraser", "Sweep over things to take them away; Esc keeps them", icons::ERASER, &[key(Key::E), key(Key::Num0)]),
    tool(Tool::Cutter, "Cutting eraser", "Takes away only what it passes over", icons::CUTTER, &[shift(Key::E)]),
    tool(Tool::Laser, "Laser pointer", "Shows others a trail that fades", icons::LASER, &[key(Key::K)]),
    tool(Tool::Eyedropper, "Eyedropper", "Takes a colour from the board", icons::EYEDROPPER, &[key(Key::I)]),
    entry(Section::Tools, Command::ChoosePictures, "Picture…", "Puts pictures on the board: PNG, JPEG, WebP, GIF or SVG, or another program's drawing; they can be dropped and pasted too", icons::PICTURE, &[key(Key::Num9)]),
    entry(Section::Tools, Command::KeepTool, "Keep the tool", "Draw several things in a row", icons::KEEP_TOOL, &[key(Key::Q)]),
    entry(Section::Tools, Command::Edit(Edit::Insert), "Insert or type", "Puts the tool's shape into the middle of the window; types in what is selected", icons::INSERT, &[key(Key::Enter)]),

    edit(Command::Undo, "Undo", icons::UNDO, &[ctrl(Key::Z)]),
    edit(Command::Redo, "Redo", icons::REDO, &[ctrl_shift(Key::Z), ctrl(Key::Y)]),
    edit(Command::Cut, "Cut", icons::CUT, &[ctrl(Key::X)]),
    edit(Command::Copy, "Copy", icons::COPY, &[ctrl(Key::C)]),
    edit(Command::Paste, "Paste", icons::PASTE, &[ctrl(Key::V)]),
    edit(Command::Edit(Edit::Duplicate), "Duplicate", icons::DUPLICATE, &[ctrl(Key::D)]),
    edit(Command::Edit(Edit::Delete), "Delete", icons::DELETE, &[key(Key::Delete), key(Key::Backspace)]),
    edit(Command::CopyPng, "Copy as PNG", icons::PICTURE, &[alt_shift(Key::C)]),
    edit(Command::CopySvg, "Copy as SVG", icons::VECTOR, &[]),
    entry(Section::Edit, Command::CopyExcalidraw, "Copy as Excalidraw", "Pasted in Excalidraw, it is elements again", icons::SCENE, &[]),
    edit(Command::Edit(Edit::SelectAll), "Select all", icons::SELECT_ALL, &[ctrl(Key::A)]),
    edit(Command::Edit(Edit::SelectNone), "Select nothing", icons::SELECT_NONE, &[]),
    edit(Command::Edit(Edit::SelectNext { back: false }), "Select the next", icons::NEXT, &[alt(Key::ArrowRight)]),
    edit(Command::Edit(Edit::SelectNext { back: true }), "Select the previous", icons::PREVIOUS, &[alt(Key::ArrowLeft)]),

    edit(Command::Edit(Edit::NextPoint { back: false }), "Next point of the line", icons::NEXT_POINT, &[key(Key::Period)]),
    edit(Command::Edit(Edit::NextPoint { back: true }), "Previous point of the line", icons::PREVIOUS_POINT, &[key(Key::Comma)]),
    edit(Command::Edit(Edit::AddPoint), "Add a point to the line", icons::ADD_POINT, &[key(Key::Insert)]),
    route(Route::Straight, "Straight line", icons::STRAIGHT),
    route(Route::Curve, "Curved line", icons::CURVE),
    route(Route::Elbow, "Right-angled line", icons::ELBOW),

    arrange(Edit::Group, "Group", icons::GROUP, &[ctrl(Key::G)]),
    arrange(Edit::Ungroup, "Ungroup", icons::UNGROUP, &[ctrl_shift(Key::G)]),
    arrange(Edit::ToggleLock, "Lock", icons::LOCK, &[ctrl_shift(Key::L)]),
    arrange(Edit::UnlockAll, "Unlock everything", icons::UNLOCK, &[]),
    entry(Section::Arrange, Command::ShowFrameName, "Rename the frame", "", icons::FRAME_NAME, &[key(Key::F2)]),
    arrange(Edit::SelectFramed, "Select what is in the frame", icons::IN_FRAME, &[]),
    entry(Section::Arrange, Command::Edit(Edit::Unframe), "Remove the frame", "Keeps what is in it", icons::UNGROUP, &[]),
    entry(Section::Arrange, Command::Edit(Edit::Turn { sooner: true }), "Present the frame earlier", "", icons::SOONER, &[]),
    entry(Section::Arrange, Command::Edit(Edit::Turn { sooner: false }), "Present the frame later", "", icons::LATER, &[]),
    arrange(Edit::Stack(Stacking::Front), "Bring to front", icons::FRONT, &[ctrl_shift(Key::CloseBracket)]),
    arrange(Edit::Stack(Stacking::Forward), "Bring forward", icons::FORWARD, &[ctrl(Key::CloseBracket)]),
    arrange(Edit::Stack(Stacking::Backward), "Send backward", icons::BACKWARD, &[ctrl(Key::OpenBracket)]),
    arrange(Edit::Stack(Stacking::Back), "Send to back", icons::BACK, &[ctrl_shift(Key::OpenBracket)]),
    arrange(Edit::Align(Align::Left), "Align left", icons::ALIGN_LEFT, &[ctrl_shift(Key::ArrowLeft)]),
    arrange(Edit::Align(Align::Centre), "Align centres", icons::ALIGN_CENTRE, &[alt_shift(Key::H)]),
    arrange(Edit::Align(Align::Right), "Align right", icons::ALIGN_RIGHT, &[ctrl_shift(Key::ArrowRight)]),
    arrange(Edit::Align(Align::Top), "Align top", icons::ALIGN_TOP, &[ctrl_shift(Key::ArrowUp)]),
    arrange(Edit::Align(Align::Middle), "Align middles", icons::ALIGN_MIDDLE, &[alt_shift(Key::V)]),
    arrange(Edit::Align(Align::Bottom), "Align bottom", icons::ALIGN_BOTTOM, &[ctrl_shift(Key::ArrowDown)]),
    arrange(Edit::Distribute(Axis::Across), "Distribute across", icons::DISTRIBUTE_ACROSS, &[alt(Key::H)]),
    arrange(Edit::Distribute(Axis::Down), "Distribute down", icons::DISTRIBUTE_DOWN, &[alt(Key::V)]),
    arrange(Edit::Flip(Axis::Across), "Flip left to right", icons::FLIP_ACROSS, &[shift(Key::H)]),
    arrange(Edit::Flip(Axis::Down), "Flip top to bottom", icons::FLIP_DOWN, &[shift(Key::V)]),
    nudge(-STEP, 0.0, "Move left", &[key(Key::ArrowLeft)]),
    nudge(STEP, 0.0, "Move right", &[key(Key::ArrowRight)]),
    nudge(0.0, -STEP, "Move up", &[key(Key::ArrowUp)]),
    nudge(0.0, STEP, "Move down", &[key(Key::ArrowDown)]),
    nudge(-LEAP, 0.0, "Move left by 10", &[shift(Key::ArrowLeft)]),
    nudge(LEAP, 0.0, "Move right by 10", &[shift(Key::ArrowRight)]),
    nudge(0.0, -LEAP, "Move up by 10", &[shift(Key::ArrowUp)]),
    nudge(0.0, LEAP, "Move down by 10", &[shift(Key::ArrowDown)]),
    resize(LEAP, 0.0, "Make wider", icons::WIDER, &[alt_shift(Key::ArrowRight)]),
    resize(-LEAP, 0.0, "Make narrower", icons::NARROWER, &[alt_shift(Key::ArrowLeft)]),
    resize(0.0, LEAP, "Make taller", icons::TALLER, &[alt_shift(Key::ArrowDown)]),
    resize(0.0, -LEAP, "Make shorter", icons::SHORTER, &[alt_shift(Key::ArrowUp)]),
    arrange(Edit::Rotate(TURN), "Turn right by 15 degrees", icons::TURN_RIGHT, &[alt(Key::Period)]),
    arrange(Edit::Rotate(-TURN), "Turn left by 15 degrees", icons::TURN_LEFT, &[alt(Key::Comma)]),

    view(Command::ZoomIn, "Zoom in", "", icons::PLUS, &[ctrl(Key::Plus), ctrl(Key::Equals), ctrl_shift(Key::Plus), ctrl_shift(Key::Equals)]),
    view(Command::ZoomOut, "Zoom out", "", icons::MINUS, &[ctrl(Key::Minus)]),
    view(Command::ZoomReset, "Zoom to 100 %", "", icons::ACTUAL_SIZE, &[ctrl(Key::Num0)]),
    view(Command::ZoomFit, "Show everything", "", icons::FIT, &[shift(Key::Num1)]),
    view(Command::ZoomSelection, "Show the selection", "", icons::FIT_SELECTION, &[shift(Key::Num2)]),
    view(Command::NextFrame, "Next frame", "Shows it as large as the window", icons::FRAME_AFTER, &[key(Key::PageDown)]),
    view(Command::PreviousFrame, "Previous frame", "Shows it as large as the window", icons::FRAME_BEFORE, &[key(Key::PageUp)]),
    view(Command::FirstFrame, "First frame", "", icons::SOONER, &[]),
    view(Command::LastFrame, "Last frame", "", icons::LATER, &[]),
    view(Command::Present, "Present the frames", "One after the other, with all else hidden; Esc ends it", icons::PRESENT, &[key(Key::F5)]),
    view(Command::Grid, "Grid", "Shows a grid, and snaps to it", icons::GRID, &[ctrl(Key::Quote)]),
    view(Command::Snapping, "Snap to things", "What is dragged snaps to edges and centres of others", icons::SNAPPING, &[alt(Key::S)]),
    view(Command::Minimap, "Minimap", "", icons::MINIMAP, &[key(Key::M)]),
    view(Command::FocusMode, "Hide all but the board", "", icons::FOCUS, &[ctrl(Key::Period)]),
    view(Command::ContextMenu, "Menu on the board", "", icons::MENU, &[shift(Key::F10)]),

    together(Command::ShowChat, "Chat", "What people say on this board; it is kept with it", icons::CHAT, &[key(Key::C)]),
    together(Command::ShowReactions, "React…", "Shows everybody an emoji at the pointer for a moment", icons::REACTIONS, &[key(Key::Y)]),
    together(Command::ShowSay, "Say something…", "Type at the pointer; others read it there, and nothing of it is kept", icons::SAY, &[key(Key::Slash), shift(Key::Slash)]),
    together(Command::GoToActive, "Go to where somebody draws", "To whoever draws out of view, or moved last", icons::SEEK, &[key(Key::G)]),
    together(Command::AskToFollow, "Ask everybody to follow me", "They are shown what you see, if they like", icons::ASK_ALL, &[shift(Key::F5)]),
    together(Command::StopFollowing, "Stop following", "So does whatever moves the view", icons::CLOSE, &[]),

    looks(Command::Appearance(Appearance::System), "As the system", icons::SYSTEM),
    looks(Command::Appearance(Appearance::Light), "Light", icons::LIGHT),
    looks(Command::Appearance(Appearance::Dark), "Dark", icons::DARK),
    looks(Command::Scale(100), "Controls at 100 %", icons::SCALE),
    looks(Command::Scale(125), "Controls at 125 %", icons::SCALE),
    looks(Command::Scale(150), "Controls at 150 %", icons::SCALE),
    looks(Command::Scale(200), "Controls at 200 %", icons::SCALE),
    looks(Command::ReducedMotion, "Reduced motion", icons::STILL),

    board(Command::Home, "All boards", "Every board on this computer, with a picture of it", icons::HOME, &[ctrl(Key::O)]),
    board(Command::NewBoard, "New board", "", icons::NEW_BOARD, &[ctrl(Key::N)]),
    board(Command::OpenSample, "Open the sample board", "A new board with things on it to look at and to try", icons::SAMPLE, &[]),
    board(Command::ChooseFile, "Open a file…", "A board's file, which joins the same board where that is here already; or another program's drawing or a picture, which becomes a board", icons::OPEN_FILE, &[ctrl_shift(Key::O)]),
    board(Command::ShowImported, "What an import changed", "What is missing or different of the drawing that came last from another program", icons::WARNING, &[]),
    board(Command::OfBoard(None, Deed::SaveCopy), "Save a copy…", "As a file that can be mailed: all that is on the board, and no key to it", icons::SAVE_COPY, &[ctrl_shift(Key::S)]),
    board(Command::ShowExport, "Export…", "As a picture or drawing in a file: all of the board, or what is selected", icons::EXPORT, &[ctrl_shift(Key::E)]),
    board(Command::Print, "Print…", "Opens the board as a PDF in your viewer, which prints it; each frame is a page where there are frames", icons::PRINT, &[ctrl(Key::P)]),
    board(Command::OfBoard(None, Deed::Duplicate), "Duplicate the board", "Another board with all that is on this one, shared with nobody", icons::DUPLICATE, &[]),
    board(Command::OfBoard(None, Deed::Delete), "Delete the board", "It can be brought back for 30 days", icons::DELETE, &[]),
    board(Command::OfBoard(None, Deed::ShowInFolder), "Show the board's file", "Opens the folder that it lies in", icons::FOLDER, &[]),
    board(Command::ShowJoin, "Join by link…", "", icons::LINK, &[]),
    board(Command::ShowNearby, "Boards nearby…", "Those that people on this network share", icons::NEARBY, &[]),
    board(Command::LookNearby, "Look for boards nearby", "Asks this network who shares a board, while the list is open", icons::NEARBY, &[]),
    board(Command::BeFound, "Be found by people nearby", "A board that you share from this computer is told on this network by title and your name; whoever wants in asks you", icons::NEARBY, &[]),
    board(Command::AnswerKnock(Let::Draw), "Let them draw", "Whoever asks to join", icons::PEN, &[]),
    board(Command::AnswerKnock(Let::Look), "Let them look", "Whoever asks to join", icons::VIEW, &[]),
    board(Command::AnswerKnock(Let::No), "Not now", "Says no to whoever asks to join", icons::CLOSE, &[]),
    board(Command::ShowShare, "Share…", "Let others draw on this board", icons::SHARE, &[]),
    board(Command::StartSharing, "Start sharing", "", icons::SHARE, &[]),
    board(Command::StopSharing, "Stop sharing", "", icons::CLOSE, &[]),
    board(Command::ShowHandOver, "Hand the board over to a relay…", "It then needs this app no more; all its links go on working", icons::SENDING, &[]),
    board(Command::ShowRelays, "Relays…", "Those that you used before, and whether they can be reached", icons::LIVE, &[]),
    board(Command::LockBoard, "Lock the board", "Then only its owner can change it", icons::LOCK, &[]),
    board(Command::ShowPassword, "Type the password…", "Gives the relay the password that it asks for", icons::LOCK, &[]),
    board(Command::Reconnect, "Try now", "Tries to reach the relay at once", icons::LIVE, &[]),
    board(Command::OfferAgain, "Offer again", "Offers the relay what it did not take", icons::SENDING, &[]),
    board(Command::ShowStatus, "Status", "Where everything is saved, what waits, and what to do", icons::STATUS, &[shift(Key::S)]),
    board(Command::ShowRefused, "Show what was refused", "Selects what the relay did not take", icons::SELECT_ALL, &[]),
    board(Command::ShowTrust, "Trusted authorities…", "Whose certificates are believed when a relay is reached over TLS", icons::TRUST, &[]),
    board(Command::ChooseAuthority, "Trust a certificate authority…", "Of a relay with a certificate of its own", icons::TRUST, &[]),
    board(Command::Quit, "Quit", "", icons::QUIT, &[ctrl(Key::Q)]),

    past(Past::Show, "History", "Looks at the board as it was, and who drew what", icons::RECENT, &[ctrl(Key::H)]),
    past(Past::Play, "Play", "Shows how the board came to be; Space does it too", icons::PLAY, &[]),
    past(Past::Next, "Next change", "→ does it too", icons::NEXT, &[]),
    past(Past::Previous, "Previous change", "← does it too", icons::PREVIOUS, &[]),
    past(Past::Later, "Much later", "Page Down does it too", icons::FRAME_AFTER, &[]),
    past(Past::Earlier, "Much earlier", "Page Up does it too", icons::FRAME_BEFORE, &[]),
    past(Past::Begin, "Beginning of the history", "Home does it too", icons::SOONER, &[]),
    past(Past::End, "End of the history", "End does it too", icons::LATER, &[]),
    past(Past::Speed(Speed::Real), "Play at 1×", "", icons::SPEED, &[]),
    past(Past::Speed(Speed::Ten), "Play at 10×", "", icons::SPEED, &[]),
    past(Past::Speed(Speed::Sixty), "Play at 60×", "", icons::SPEED, &[]),
    past(Past::Speed(Speed::Whole), "Play all in 30 seconds", "", icons::SPEED, &[]),
    past(Past::ByAuthor, "Colour by author", "Shows each thing in the colour of who made it", icons::PEOPLE, &[]),
    past(Past::Made, "When the selection was made", "", icons::MADE, &[]),
    past(Past::ChangedBefore, "When it was changed before", "", icons::SOONER, &[]),
    past(Past::ChangedNext, "When it was changed next", "", icons::LATER, &[]),
    past(Past::Gone, "When it was deleted", "Shows it for the last time", icons::DELETE, &[]),
    past(Past::Restore, "Restore this moment", "Has the whole board be as it is shown; it can be undone", icons::UNDO, &[]),
    past(Past::RestoreSelected, "Restore the selection", "Has just the selected things be as they are shown; it can be undone", icons::RESTORE_SOME, &[]),

    help(Command::ShowPalette, "Find a command…", icons::COMMANDS, &[ctrl(Key::K), ctrl(Key::Slash)]),
    help(Command::ShowShortcuts, "Keyboard shortcuts", icons::KEYBOARD, &[shift(Key::Questionmark), key(Key::Questionmark)]),
    help(Command::ShowHints, "First steps", icons::IDEA, &[]),
    help(Command::HideHints, "Got it", icons::CHECK, &[]),
    help(Command::Cancel, "Cancel", icons::CLOSE, &[key(Key::Escape)]),
    help(Command::Dismiss, "Dismiss", icons::CLOSE, &[]),
];
