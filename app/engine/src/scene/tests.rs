//! The scene: stacking, culling, hits, and that nothing is made anew without need.

use super::*;
use crate::document::Color;
use drawbridge_protocol::{Cell, Clock, Peer, Property, Value};
use proptest::prelude::*;

fn id(name: &str) -> ElementId {
    ElementId::new(name).expect("an id")
}

/// The `base` of a stroke from a point, `length` to the right.
fn base(name: &str, order: &str, x: i64, y: i64, length: i64) -> Cell {
    let base = format!(r#"{{"kind":"stroke","order":"{order}","points":"{x} {y} {length} 0"}}"#);
    Cell {
        element: id(name),
        prop: Property::base(),
        stamp: Clock::new(Peer::from_bits([1; 12])).tick(1),
        value: Value::from_text(base).expect("json"),
    }
}

fn stroke(name: &str, order: &str, x: i64, y: i64, length: i64) -> Element {
    let mut document = Document::default();
    let _ = document.merge(&base(name, order, x, y, length));
    document.element(&id(name)).expect("a stroke")
}

fn scene(strokes: &[Element]) -> Scene {
    let mut scene = Scene::default();
    strokes.iter().for_each(|s| scene.update(&s.id, Some(s)));
    scene
}

fn names(items: &[&Item]) -> Vec<String> {
    items.iter().map(|item| item.element.to_string()).collect()
}

/// The slots that changed, in order.
fn changed(scene: &Scene, since: u64) -> Option<Vec<Slot>> {
    let mut slots: Vec<Slot> = scene.changed_since(since)?.collect();
    slots.sort_unstable();
    slots.dedup();
    Some(slots)
}

const ALL: Rect = Rect::new(-1e6, -1e6, 1e6, 1e6);

#[test]
fn what_is_visible_comes_from_the_lowest_to_the_topmost_ties_by_id() {
    let mut document = Document::default();
    let mut scene = Scene::default();
    let put = |scene: &mut Scene, name: &str, order: &str| {
        let mut document = Document::default();
        let _ = document.merge(&base(name, order, 0, 0, 9));
        scene.update(&id(name), document.element(&id(name)).as_ref());
    };
    for (name, order) in [("c", "a1"), ("b", "a1"), ("a", "a2"), ("z", "")] {
        put(&mut scene, name, order);
        let _ = document.merge(&base(name, order, 0, 0, 9));
    }
    assert_eq!(names(&scene.visible(ALL)), ["z", "b", "c", "a"]);
    assert_eq!(scene.hit(&document, Point::new(5.0, 0.0), 0.0), Some(id("a")));
    put(&mut scene, "a", " ");
    scene.update(&id("b"), None);
    assert_eq!(names(&scene.visible(ALL)), ["z", "a", "c"]);
    assert_eq!(scene.hit(&document, Point::new(5.0, 0.0), 0.0), Some(id("c")));
    assert_eq!(scene.top(), Some(&Order::from("a1")));
}

#[test]
fn however_often_something_comes_between_two_others_it_lies_between_them() {
    let mut scene = scene(&[stroke("below", "a0", 0, 0, 9), stroke("above", "a9", 0, 0, 9)]);
    let start = scene.changes();
    let mut order = Order::from("a9");
    for n in 0..200 {
        order = Order::between(Some(&Order::from("a0")), Some(&order), n);
        let name = format!("n{n:03}");
        scene.update(&id(&name), Some(&stroke(&name, order.as_str(), 0, 0, 9)));
    }
    let mut expected: Vec<String> = (0..200).rev().map(|n| format!("n{n:03}")).collect();
    expected.insert(0, "below".to_owned());
    expected.push("above".to_owned());
    assert_eq!(names(&scene.visible(ALL)), expected);
    assert_eq!(changed(&scene, start), None, "all were ranked anew meanwhile");
}

#[test]
fn what_lies_elsewhere_is_neither_drawn_nor_hit() {
    let strokes = [("near", "a0", 0, 0), ("far", "a1", 5000, 5000)];
    let mut document = Document::default();
    for (name, order, x, y) in strokes {
        let _ = document.merge(&base(name, order, x, y, 10));
    }
    let scene = scene(&strokes.map(|(name, order, x, y)| stroke(name, order, x, y, 10)));
    assert_eq!(
        names(&scene.visible(Rect::new(-5.0, -5.0, 100.0, 100.0))),
        ["near"]
    );
    let hits = |ax, ay, bx, by, radius| {
        let (a, b) = (Point::new(ax, ay), Point::new(bx, by));
        scene.hits(&document, a, b, radius).len()
    };
    assert_eq!(hits(200.0, 200.0, 4000.0, 4000.0, 10.0), 0);
    assert_eq!(hits(1.0, 0.0, 5005.0, 5000.0, 1.0), 2);
    let bounds = scene.bounds().expect("bounds");
    assert!(
        (bounds.x0 + 2.0).abs() < 0.1 && (bounds.x1 - 5012.0).abs() < 0.1,
        "{bounds:?}"
    );
    assert_eq!(Scene::default().bounds(), None);
}

#[test]
fn whoever_looks_again_is_told_which_slots_changed() {
    let mut scene = scene(&[stroke("a", "a0", 0, 0, 10), stroke("b", "a1", 0, 50, 10)]);
    let since = scene.changes();
    assert_eq!(changed(&scene, since), Some(vec![]));
    let slot = |scene: &Scene, name: &str| {
        (0..scene.slots())
            .find(|slot| scene.item(*slot).is_some_and(|item| item.element == id(name)))
            .expect("a slot")
    };
    let (a, b) = (slot(&scene, "a"), slot(&scene, "b"));
    scene.update(&id("b"), Some(&stroke("b", "a1", 0, 50, 20)));
    assert_eq!(changed(&scene, since), Some(vec![b]), "it keeps its slot");
    scene.dim(&BTreeSet::from([id("a")]));
    assert_eq!(changed(&scene, since), Some([a.min(b), a.max(b)].to_vec()));
    scene.update(&id("b"), None);
    assert!(scene.item(b).is_none());
    scene.update(&id("c"), Some(&stroke("c", "a2", 0, 50, 20)));
    assert_eq!(slot(&scene, "c"), b, "a free slot is used again");
    for _ in 0..5000 {
        scene.update(&id("c"), Some(&stroke("c", "a2", 0, 50, 20)));
    }
    assert_eq!(changed(&scene, since), None, "that was too long ago");
}

#[test]
fn an_unchanged_element_keeps_its_mesh_and_only_a_change_grows_the_generation() {
    let mut scene = scene(&[stroke("a", "a0", 0, 0, 10), stroke("b", "a1", 0, 50, 10)]);
    let (generation, kept) = (scene.generation(), scene.get(&id("a")).expect("shown").serial);
    scene.update(&id("unknown"), None);
    scene.dim(&BTreeSet::new());
    scene.remove_wet(&WetKey::own(id("a")));
    assert_eq!(scene.generation(), generation);
    let longer = stroke("b", "a1", 0, 50, 20);
    let old = scene.get(&id("b")).expect("shown").serial;
    scene.update(&longer.id, Some(&longer));
    assert!(scene.generation() > generation);
    assert_eq!(scene.get(&id("a")).expect("shown").serial, kept);
    assert_ne!(scene.get(&id("b")).expect("shown").serial, old);
}

#[test]
fn a_stroke_of_another_colour_or_height_keeps_its_shape() {
    let mut scene = scene(&[stroke("a", "a0", 0, 0, 10), stroke("b", "a1", 0, 50, 10)]);
    let before = scene.get(&id("a")).expect("shown").serial;
    let mut recoloured = stroke("a", "a5", 0, 0, 10);
    recoloured.style.color = Color::Rgb([1, 2, 3]);
    scene.update(&id("a"), Some(&recoloured));
    let item = scene.get(&id("a")).expect("shown");
    assert_eq!((item.serial, item.style.color), (before, Color::Rgb([1, 2, 3])));
    assert_eq!(names(&scene.visible(ALL)), ["b", "a"]);
    let mut wider = recoloured;
    wider.style.width = 5.0;
    scene.update(&id("a"), Some(&wider));
    assert_ne!(scene.get(&id("a")).expect("shown").serial, before);
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

#[test]
fn many_changes_at_once_come_to_the_same_as_one_after_the_other() {
    let order = |n: u32| format!("a{:04}", n * 7919 % 1500);
    let name = |n: u32| format!("e{n:04}");
    let part = |range: std::ops::Range<u32>, x: i64| -> Vec<Element> {
        range
            .map(|n| stroke(&name(n), &order(n + x as u32), x, i64::from(n), 10))
            .collect()
    };
    let (mut at_once, mut each) = (Scene::default(), Scene::default());
    let mut rounds = vec![part(0..1200, 0), part(300..1500, 5), part(0..1500, 9)];
    for (n, element) in rounds[2].iter_mut().enumerate() {
        element.deleted = n % 3 == 0;
    }
    for elements in rounds {
        let since = at_once.changes();
        at_once.update_many(
            elements
                .iter()
                .map(|e| (e.id.clone(), Shown::of(e).into()))
                .collect(),
            &Document::default(),
        );
        elements.iter().for_each(|e| each.update(&e.id, Some(e)));
        assert_eq!(names(&at_once.visible(ALL)), names(&each.visible(ALL)));
        assert_eq!((at_once.len(), at_once.bounds()), (each.len(), each.bounds()));
        assert_eq!(changed(&at_once, since), None, "all are to be looked at again");
        let part = Rect::new(0.0, 100.0, 30.0, 200.0);
        assert_eq!(names(&at_once.visible(part)), names(&each.visible(part)));
    }
}

#[test]
fn many_strokes_in_another_colour_keep_their_shapes_and_moved_ones_do_not() {
    let strokes: Vec<Element> = (0..1500)
        .map(|n| stroke(&format!("e{n:04}"), &format!("a{:04}", n * 7919 % 1500), n, n, 10))
        .collect();
    let mut scene = scene(&strokes);
    let serials = |scene: &Scene| -> Vec<(Slot, u64)> {
        let slot = |e: &Element| scene.slots[&e.id];
        let all = strokes
            .iter()
            .map(|e| (slot(e), scene.get(&e.id).expect("shown").serial));
        all.collect()
    };
    let before = serials(&scene);
    let changed = strokes.iter().enumerate().map(|(n, e)| {
        let turned = crate::geometry::Affine::rotate(if n % 3 == 0 { 0.5 } else { 0.0 });
        let mut element = Element {
            place: crate::geometry::Affine::translate((4.0, 0.0)) * turned,
            ..e.clone()
        };
        element.style.color = Color::Rgb([1, 2, 3]);
        (e.id.clone(), Shown::of(&element).into())
    });
    scene.update_many(changed.collect(), &Document::default());
    for (n, (before, after)) in before.iter().zip(serials(&scene)).enumerate() {
        if n % 3 == 0 {
            assert!(before.1 < after.1, "a turned one has another serial");
        } else {
            assert_eq!(
                *before, after,
                "one that was moved and recoloured has its slot and serial"
            );
        }
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
            let mut expected: Vec<&Element> = last.values().filter(|e| !e.deleted).collect();
        expected.sort_by(|a, b| (&a.order, &a.id).cmp(&(&b.order, &b.id)));
        let expected: Vec<String> = expected.iter().map(|e| e.id.to_string()).collect();
        prop_assert_eq!(names(&scene.visible(ALL)), expected);
    }
}
