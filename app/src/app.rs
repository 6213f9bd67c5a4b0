//! stub
use crate::command::{Appearance, Command, Tool};
use crate::panels::{
    self, Asked,
    dialogs::{Dialog, ShareLink, ShareView},
    menu::MenuView,
    message::Message,
    people::{PeopleView, Person},
    status::{Connection, StatusView},
    style::StyleView,
    zoom::ZoomView,
};
use crate::theme::{self, Theme};
use drawbridge_protocol::Link;
use std::path::PathBuf;
/// App
#[derive(Debug)]
pub struct App {
    tool: Tool,
    style: StyleView,
    title: String,
    name: String,
    dialog: Option<Dialog>,
    join: String,
    message: Option<Message>,
}
impl App {
    /// new
    #[must_use]
    pub fn new(ctx: &egui::Context, _folder: PathBuf, _link: Option<Link>) -> Self {
        theme::apply(ctx);
        Self {
            tool: Tool::Pen,
            style: StyleView {
                color: "black".into(),
                width: 4.0,
            },
            title: "Kitchen plan".into(),
            name: "Ada".into(),
            dialog: None,
            join: String::new(),
            message: None,
        }
    }
}
impl eframe::App for App {
    fn clear_color(&self, v: &egui::Visuals) -> [f32; 4] {
        v.panel_fill.to_normalized_gamma_f32()
    }
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        let t = Theme::of(&ctx);
        ui.painter().rect_filled(ui.max_rect(), 0.0, t.board);
        let mut asked = Asked::new();
        for e in ctx.input(|i| i.events.clone()) {
            if let Some(x) = crate::command::for_event(&e)
                && !ctx.text_edit_focused()
            {
                asked.push(x.command.clone());
            }
        }
        panels::toolbar::show(&ctx, self.tool, &mut asked);
        if self.tool == Tool::Pen {
            panels::style::show(&ctx, &self.style, &mut asked);
        }
        panels::zoom::show(
            &ctx,
            ZoomView {
                zoom: 1.0,
                can_undo: true,
                can_redo: false,
            },
            &mut asked,
        );
        let p = |c: Option<u64>, n: &str, k: &str| Person {
            conn: c,
            name: n.into(),
            color: k.into(),
        };
        panels::people::show(
            &ctx,
            &PeopleView {
                me: p(None, "Ada Lovelace", "#2f6fde"),
                others: vec![
                    p(Some(1), "Grace Hopper", "#ca4500"),
                    p(Some(2), "Linus", "#00873c"),
                    p(Some(3), "Mary", ""),
                    p(Some(4), "Tim", ""),
                ],
                sharing: false,
            },
            &mut self.name,
            &mut asked,
        );
        panels::status::show(
            &ctx,
            &StatusView {
                connection: Connection::Live,
                waiting: 0,
                parked: vec![],
                unsaved: None,
            },
        );
        panels::menu::show(
            &ctx,
            &MenuView {
                title: "Kitchen plan".into(),
                recent: vec!["Sprint retro".into(), String::new()],
                appearance: Appearance::System,
            },
            &mut self.title,
            &mut asked,
        );
        if let Some(m) = &self.message {
            panels::message::show(&ctx, m, &mut asked);
        }
        match self.dialog {
            Some(Dialog::Share) => panels::dialogs::share(
                &ctx,
                &ShareView::Hosting(vec![ShareLink {
                    link: "drawbridge://192.168.1.5:7411/abc#0123".into(),
                    reach: "People on this network".into(),
                }]),
                None,
                &mut asked,
            ),
            Some(Dialog::Join) => {
                panels::dialogs::join(&ctx, &mut self.join, Some("the link names no board"), &mut asked)
            }
            None => {}
        }
        for c in asked {
            match c {
                Command::Tool(t) => self.tool = t,
                Command::Color(c) => self.style.color = c,
                Command::Width(w) => self.style.width = w,
                Command::ShowShare => self.dialog = Some(Dialog::Share),
                Command::ShowJoin => self.dialog = Some(Dialog::Join),
                Command::Cancel => {
                    self.dialog = None;
                }
                Command::Undo => {
                    self.message = Some(Message::problem("Something went wrong. Nothing is lost"))
                }
                Command::Dismiss => self.message = None,
                Command::Appearance(a) => ctx.set_theme(match a {
                    Appearance::System => egui::ThemePreference::System,
                    Appearance::Light => egui::ThemePreference::Light,
                    Appearance::Dark => egui::ThemePreference::Dark,
                }),
                _ => {}
            }
        }
    }
}
