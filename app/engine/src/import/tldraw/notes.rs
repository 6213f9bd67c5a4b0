//! What of a tldraw drawing comes over differently, or not at all, in words.

use crate::import::alike::notes;

notes! {
    BROKEN true "shapes could not be read" | "a shape could not be read";
    UNKNOWN true "shapes are of kinds that Drawbridge doesn't have" | "a shape is of a kind that Drawbridge doesn't have";
    TOO_MANY true "shapes were left out: there are too many" | "a shape was left out: there are too many";
    FAR true "shapes lie too far out, are too large, or have no size" | "a shape lies too far out, is too large, or has no size";
    NO_BYTES true "images are not in the file; empty boxes stand in their places" | "an image is not in the file; an empty box stands in its place";
    BAD_IMAGE true "images could not be read; empty boxes stand in their places" | "an image could not be read; an empty box stands in its place";
    NO_ROOM true "images have too many pixels, or all together have; empty boxes stand in their places" | "an image has too many pixels, or all together have; an empty box stands in its place";
    VIDEOS true "videos became boxes with their address" | "a video became a box with its address";
    LETTERS true "texts were cut off: they are too long" | "a text was cut off: it is too long";
    FORMATS true "texts lost their headings, or bold, slanted, marked or linked parts" | "a text lost its headings, or bold, slanted, marked or linked parts";
    NO_LETTERS true "texts could not be read" | "a text could not be read";
    GAPS true "strokes have parts that could not be read" | "a stroke has parts that could not be read";
    LINKS true "links of shapes were left out" | "the link of a shape was left out";
    LOST_PARENT false "shapes whose frame or group is missing lie by themselves" | "a shape whose frame or group is missing lies by itself";
    ODD false "shapes had values that can't be read, and have the usual ones now" | "a shape had values that can't be read, and has the usual ones now";
    EMBEDS false "embedded pages and bookmarks became boxes with their address" | "an embedded page or bookmark became a box with its address";
    NESTED false "frames in frames were taken out of the outer one" | "a frame in a frame was taken out of the outer one";
    OUTLINES false "shapes became closed lines" | "a shape became a closed line";
    LETTERS_APART false "labels became texts, grouped with what they belong to" | "a label became a text, grouped with what it belongs to";
    HEADS false "arrow heads became similar ones" | "an arrow head became a similar one";
    FREE false "ends of arrows hold on to nothing any more" | "an end of an arrow holds on to nothing any more";
    EXACT false "ends of arrows that lay inside what they hold on to lie at its edge now" | "an end of an arrow that lay inside what it holds on to lies at its edge now";
    LETTER_PLACES false "labels of arrows stand in their middles now" | "the label of an arrow stands in its middle now";
    LETTER_COLORS false "labels of arrows have the colour of their arrow now" | "the label of an arrow has the colour of its arrow now";
    HATCHING false "hatched insides without a line around them are tinted now" | "a hatched inside without a line around it is tinted now";
    CIRCLES false "images cropped to circles are rectangles now" | "an image cropped to a circle is a rectangle now";
    UNCROPPED false "images were cropped and are whole now" | "an image was cropped and is whole now";
    POINTS false "lines had very many points and have fewer now" | "a line had very many points and has fewer now";
    PAGES false "further pages lie beside the first one" | "a further page lies beside the first one";
}
