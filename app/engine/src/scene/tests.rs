//! The scene: stacking, culling, hits, and that nothing is made anew without need.

use super::*;
use crate::document::Document;
use drawbridge_protocol::{Cell, Clock, Peer, Property, Value};
use proptest::prelude::*;

fn id(name: &str) -> ElementId {
    ElementId::new(name).expect("an id")
}

/// A stroke from a point, `length` to the right.
fn stroke(name: &str, order: &str, x: i64, y: i64, length: i64) -> Element {
    let base = format!(r#"{{"kind":"stroke","order":"{order}","points":"{x} {y} {length} 0"}}"#);
    let mut document = Document::default();
    let _ = document.merge(&Cell {
        element: id(name),
        prop: Property::base(),
        stamp: Clock::new(Peer::from_bits([1; 12])).tick(1),
        value: Value::from_text(base).expect("json"),
    });
    document.element(&id(name)).expect("a stroke")
}

fn scene(strokes: &[Element]) -> Scene {
    let mut scene = Scene::default();
    strokes.iter().for_each(|s| scene.update(&s.id, Some(s)));
    scene.settle();
    scene
}

fn names(items: &[&Item]) -> Vec<String> {
    items.iter().map(|item| item.element.to_string()).collect()
}

const ALL: Rect = Rect::new(-1e6, -1e6, 1e6, 1e6);

#[test]
fn what_is_visible_comes_from_the_lowest_to_the_topmost_ties_by_id() {
    let mut scene = scene(&[
        stroke("c", "a1", 0, 0, 9),
        stroke("b", "a1", 0, 0, 9),
        stroke("a", "a2", 0, 0, 9),
        stroke("z", "", 0, 0, 9),
    ]);
    assert_eq!(names(&scene.visible(ALL)), ["z", "b", "c", "a"]);
    assert_eq!(scene.hit(Point::new(5.0, 0.0), 0.0), Some(id("a")));
    let to_bottom = stroke("a", " ", 0, 0, 9);
    scene.update(&to_bottom.id, Some(&to_bottom));
    scene.update(&id("b"), None);
    scene.settle();
    assert_eq!(names(&scene.visible(ALL)), ["z", "a", "c"]);
    assert_eq!(scene.hit(Point::new(5.0, 0.0), 0.0), Some(id("c")));
    assert_eq!(scene.top(), Some(&Order::from("a1")));
}

#[test]
fn what_lies_elsewhere_is_neither_drawn_nor_hit() {
    let scene = scene(&[
        stroke("near", "a0", 0, 0, 10),
        stroke("far", "a1", 5000, 5000, 10),
    ]);
    assert_eq!(
        names(&scene.visible(Rect::new(-5.0, -5.0, 100.0, 100.0))),
        ["near"]
    );
    assert!(
        scene
            .hits(Point::new(200.0, 200.0), Point::new(4000.0, 4000.0), 10.0)
            .is_empty()
    );
    assert_eq!(
        scene
            .hits(Point::new(1.0, 0.0), Point::new(5005.0, 5000.0), 1.0)
            .len(),
        2
    );
    let bounds = scene.bounds().expect("bounds");
    assert!(
        (bounds.x0 + 2.0).abs() < 0.1 && (bounds.x1 - 5012.0).abs() < 0.1,
        "{bounds:?}"
    );
    assert_eq!(Scene::default().bounds(), None);
}

#[test]
fn an_unchanged_element_keeps_its_mesh_and_only_a_change_grows_the_generation() {
    let mut scene = scene(&[stroke("a", "a0", 0, 0, 10), stroke("b", "a1", 0, 50, 10)]);
    let (generation, kept) = (scene.generation(), scene.get(&id("a")).expect("shown").serial);
    scene.update(&id("unknown"), None);
    scene.dim(&BTreeSet::new());
    scene.remove_wet(&WetKey::own(id("a")));
    scene.settle();
    assert_eq!(scene.generation(), generation);
    let longer = stroke("b", "a1", 0, 50, 20);
    let old = scene.get(&id("b")).expect("shown").serial;
    scene.update(&longer.id, Some(&longer));
    assert!(scene.generation() > generation);
    assert_eq!(scene.get(&id("a")).expect("shown").serial, kept);
    assert_ne!(scene.get(&id("b")).expect("shown").serial, old);
}

#[test]
fn a_deleted_element_or_one_placed_out_of_the_world_is_not_shown() {
    let shown = stroke("a", "a0", 0, 0, 10);
    let deleted = Element {
        deleted: true,
        ..shown.clone()
    };
    let lost = Element {
        place: crate::geometry::Affine::scale(1e9),
        ..stroke("a", "a0", 90_000, 0, 10)
    };
    for gone in [deleted, lost] {
        let mut scene = scene(std::slice::from_ref(&shown));
        scene.update(&gone.id, Some(&gone));
        assert!(scene.is_empty() && scene.visible(ALL).is_empty() && scene.bounds().is_none());
    }
}

proptest! {
    #[test]
    fn any_changes_lead_to_the_same_scene_as_building_it_at_once(
        changes in proptest::collection::vec((0u8..8, 0u8..5, -50i64..50, any::<bool>()), 0..60),
    ) {
        let mut scene = Scene::default();
        let mut last = std::collections::BTreeMap::new();
        for (name, order, x, shown) in changes {
            let element = stroke(&format!("e{name}"), &format!("a{order}"), x, 0, 10);
            let element = Element { deleted: !shown, ..element };
            scene.update(&element.id, Some(&element));
            last.insert(element.id.clone(), element);
        }
        scene.settle();
        let mut expected: Vec<&Element> = last.values().filter(|e| !e.deleted).collect();
        expected.sort_by(|a, b| (&a.order, &a.id).cmp(&(&b.order, &b.id)));
        let expected: Vec<String> = expected.iter().map(|e| e.id.to_string()).collect();
        prop_assert_eq!(names(&scene.visible(ALL)), expected);
    }
}
