use super::*;

/// A JPEG of 8 by 8 pixels of one colour, with as many values a pixel as are given, each from -127 to -64 or from 64 to 127 above the
/// middle. Every table has one code, of one bit.
pub(in super::super) fn jpeg(values: &[i8]) -> StoredImage {
    let count = u8::try_from(values.len()).expect("a few");
    let mut file = vec![0xff, 0xd8];
    let mut part = |marker: u8, bytes: &[u8]| {
        let length = u16::try_from(bytes.len() + 2).expect("short");
        file.extend([0xff, marker]);
        file.extend(length.to_be_bytes());
        file.extend(bytes);
    };
    if count == 4 {
        // Adobe's, which says that the values are what they are.
        part(0xee, b"Adobe\0\x64\0\0\0\0\0");
    }
    // A step of the average is a step of the value.
    part(0xdb, &[[0].as_slice(), &[8; 64]].concat());
    let each = |of: fn(u8) -> Vec<u8>| (1..=count).flat_map(of).collect::<Vec<u8>>();
    part(
        0xc0,
        &[vec![8, 0, 8, 0, 8, count], each(|id| vec![id, 0x11, 0])].concat(),
    );
    let one_code = |class: u8, symbol: u8| [vec![class, 1], vec![0; 15], vec![symbol]].concat();
    // A value of seven bits, and the end of the block.
    part(0xc4, &one_code(0x00, 7));
    part(0xc4, &one_code(0x10, 0));
    part(
        0xda,
        &[vec![count], each(|id| vec![id, 0]), vec![0, 63, 0]].concat(),
    );
    let mut bits = String::new();
    for value in values {
        let code = if *value < 0 {
            i16::from(*value) + 127
        } else {
            i16::from(*value)
        };
        bits.push_str(&format!("0{code:07b}0"));
    }
    while !bits.len().is_multiple_of(8) {
        bits.push('1');
    }
    for byte in bits.as_bytes().chunks(8) {
        let byte = byte.iter().fold(0, |sum, bit| sum << 1 | (bit - b'0'));
        file.push(byte);
        if byte == 0xff {
            file.push(0);
        }
    }
    file.extend([0xff, 0xd9]);
    StoredImage {
        kind: ImageType::Jpeg,
        bytes: file.into(),
    }
}

#[test]
fn what_a_jpeg_says_of_its_pixels_is_read_and_nothing_else_is_believed() {
    for values in [&[100_i8][..], &[-80, 64, 70], &[100, -100, 64, 90]] {
        let image = jpeg(values);
        let frame = Frame::of(&image.bytes).expect("a frame");
        assert_eq!(
            (frame.width, frame.height, usize::from(frame.components)),
            (8, 8, values.len())
        );
        // It is one, to those who show it.
        let shown = Pixels::straight(&image).expect("it can be read");
        assert_eq!((shown.width, shown.height), (8, 8));
        for end in 0..image.bytes.len() {
            // However it is cut off: nothing breaks.
            let _ = Frame::of(&image.bytes[..end]);
        }
    }
    let mut arithmetic = jpeg(&[100]).bytes.to_vec();
    let at = arithmetic
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .expect("a frame");
    arithmetic[at + 1] = 0xc9;
    assert_eq!(Frame::of(&arithmetic), None);
}

#[test]
fn only_gray_and_coloured_jpegs_go_in_as_they_are() {
    let taken = |image: &StoredImage| {
        let (mut pdf, mut last) = (Pdf::new(), Ref::new(1));
        as_it_is(image, &mut pdf, &mut last).map(|_| String::from_utf8_lossy(&pdf.finish()).into_owned())
    };
    let gray = taken(&jpeg(&[100])).expect("as it is");
    assert!(
        gray.contains("/DCTDecode") && gray.contains("/DeviceGray"),
        "{gray}"
    );
    let coloured = taken(&jpeg(&[64, -70, 90])).expect("as it is");
    assert!(coloured.contains("/DeviceRGB"), "{coloured}");
    assert_eq!(taken(&jpeg(&[100, -100, 64, 90])), None);
}
