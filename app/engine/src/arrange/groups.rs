//! Groups: labels on elements. Whoever shares a label belongs together, whatever else there is; so any state is valid.

use crate::document::{Element, GROUPS, Group};

/// The group as which an element with these groups is taken hold of: the outermost of them, or of those within the group that was
/// `entered`, where it is in that one. `None` where it stands alone there.
#[must_use]
pub fn outermost<'a>(groups: &'a [Group], entered: Option<&Group>) -> Option<&'a Group> {
    within(groups, entered).last()
}

/// Whether all elements stand in one group there: grouping them once more would change nothing that can be seen.
#[must_use]
pub fn is_one_group(elements: &[Element], entered: Option<&Group>) -> bool {
    let mut groups = elements.iter().map(|element| outermost(&element.groups, entered));
    match groups.next() {
        Some(Some(first)) => groups.all(|group| group == Some(first)),
        _ => false,
    }
}

/// Puts all elements into a group of this `name`, around the groups that they have already, but within the one that was
/// `entered`. Gives each element's place in `elements` and its groups as they are to be, the innermost first. An element
/// that is in as many groups as can be is left out.
#[must_use]
pub fn group(elements: &[Element], entered: Option<&Group>, name: &Group) -> Vec<(usize, Vec<Group>)> {
    let roomy = elements
        .iter()
        .enumerate()
        .filter(|(_, e)| e.groups.len() < GROUPS);
    let grouped = roomy.map(|(i, element)| {
        let mut groups = element.groups.to_vec();
        groups.insert(within(&element.groups, entered).len(), name.clone());
        (i, groups)
    });
    grouped.collect()
}

/// Takes each element out of its [`outermost`] group. Gives the place in `elements` and the groups that are left, the innermost
/// first, of those that were in one.
#[must_use]
pub fn ungroup(elements: &[Element], entered: Option<&Group>) -> Vec<(usize, Vec<Group>)> {
    let left = elements.iter().enumerate().filter_map(|(i, element)| {
        let inside = within(&element.groups, entered);
        let gone = inside.last()?;
        // A label that stands there twice goes as a whole, or the elements would still belong together.
        let kept = inside.iter().filter(|group| *group != gone);
        Some((i, kept.chain(&element.groups[inside.len()..]).cloned().collect()))
    });
    left.collect()
}

/// The element's groups within the one that was entered, the innermost first: all of them where it isn't in that one.
pub(crate) fn within<'a>(groups: &'a [Group], entered: Option<&Group>) -> &'a [Group] {
    let end = entered.and_then(|entered| groups.iter().position(|group| group == entered));
    &groups[..end.unwrap_or(groups.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrange::{parts, testing::square};
    use proptest::prelude::*;

    fn element(groups: &[&str]) -> Element {
        let mut element = square(0, 0.0, 0.0, 10.0);
        element.groups = groups.iter().map(|name| Group::from(*name)).collect();
        element
    }

    fn names(written: &[(usize, Vec<Group>)]) -> Vec<(usize, Vec<&str>)> {
        written
            .iter()
            .map(|(i, groups)| (*i, groups.iter().map(|g| &**g).collect()))
            .collect()
    }

    fn write(elements: &mut [Element], written: Vec<(usize, Vec<Group>)>) {
        for (i, groups) in written {
            elements[i].groups = groups.into();
        }
    }

    #[test]
    fn a_new_group_is_around_the_old_ones_and_within_the_one_entered() {
        let elements = [element(&["a", "outer"]), element(&["outer"]), element(&[])];
        let entered = Group::from("outer");
        let inside = group(&elements[..2], Some(&entered), &"new".into());
        assert_eq!(
            names(&inside),
            [(0, vec!["a", "new", "outer"]), (1, vec!["new", "outer"])]
        );
        let outside = group(&elements, None, &"new".into());
        assert_eq!(names(&outside)[0], (0, vec!["a", "outer", "new"]));
        assert_eq!(names(&outside)[2], (2, vec!["new"]));
    }

    #[test]
    fn ungrouping_takes_the_outermost_group_within_the_one_entered() {
        let elements = [
            element(&["a", "b", "outer"]),
            element(&["outer"]),
            element(&["a"]),
            element(&[]),
        ];
        let entered = Group::from("outer");
        assert_eq!(
            names(&ungroup(&elements, Some(&entered))),
            [(0, vec!["a", "outer"]), (2, vec![])]
        );
        assert_eq!(
            names(&ungroup(&elements, None)),
            [(0, vec!["a", "b"]), (1, vec![]), (2, vec![])]
        );
    }

    #[test]
    fn a_selection_is_one_group_only_if_every_element_is_in_it() {
        let (a, b) = (element(&["inner", "g"]), element(&["g"]));
        assert!(is_one_group(&[a.clone(), b.clone()], None));
        assert!(!is_one_group(&[a.clone(), b], Some(&"g".into())));
        assert!(!is_one_group(&[a, element(&[])], None));
        assert!(!is_one_group(&[element(&[]), element(&[])], None));
        assert!(!is_one_group(&[], None));
    }

    #[test]
    fn of_two_who_group_overlapping_sets_at_once_the_later_has_what_both_took() {
        // One grouped 0 and 1 as `x`, the other 1 and 2 as `y`; of element 1 the second write won.
        let mut board = [element(&[]), element(&[]), element(&[])];
        let (x, y) = (
            group(&board[..2], None, &"x".into()),
            group(&board[1..], None, &"y".into()),
        );
        write(&mut board, x);
        write(
            &mut board[1..],
            y.into_iter().map(|(i, _)| (i, vec!["y".into()])).collect(),
        );
        assert_eq!(parts(&board, None), [vec![0], vec![1, 2]]);
        // A group of one can be taken hold of, grouped and dissolved as any other.
        assert_eq!(outermost(&board[0].groups, None).map(|g| &**g), Some("x"));
        let all = group(&board, None, &"all".into());
        write(&mut board, all);
        assert_eq!(parts(&board, None), [vec![0, 1, 2]]);
        for _ in 0..2 {
            let left = ungroup(&board, None);
            write(&mut board, left);
        }
        assert!(board.iter().all(|element| element.groups.is_empty()));
    }

    #[test]
    fn an_element_in_as_many_groups_as_can_be_read_stays_as_it_is() {
        let full: Vec<String> = (0..GROUPS).map(|i| i.to_string()).collect();
        let full: Vec<&str> = full.iter().map(String::as_str).collect();
        let written = group(&[element(&full), element(&full[1..])], None, &"new".into());
        assert_eq!(written.len(), 1);
        assert_eq!((written[0].0, written[0].1.len()), (1, GROUPS));
    }

    proptest! {
        #[test]
        fn ungrouping_undoes_grouping_whatever_the_labels(labels in prop::collection::vec(prop::collection::vec("[a-d]", 0..5), 1..6), entered in prop::option::of("[a-d]")) {
            let entered = entered.map(Group::from);
            let before: Vec<Element> = labels.iter().map(|l| element(&l.iter().map(String::as_str).collect::<Vec<_>>())).collect();
            let mut board = before.clone();
            write(&mut board, group(&before, entered.as_ref(), &"new".into()));
            prop_assert!(is_one_group(&board, entered.as_ref()));
            prop_assert_eq!(parts(&board, entered.as_ref()).len(), 1);
            let left = ungroup(&board, entered.as_ref());
            write(&mut board, left);
            prop_assert_eq!(before, board);
        }
    }
}
