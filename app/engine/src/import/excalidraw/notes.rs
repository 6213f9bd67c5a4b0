//! What of an Excalidraw drawing comes over differently, or not at all, in words.

use crate::import::alike::notes;

notes! {
    BROKEN true "elements could not be read" | "an element could not be read";
    UNKNOWN true "elements are of kinds that Drawbridge doesn't have" | "an element is of a kind that Drawbridge doesn't have";
    TOO_MANY true "elements were left out: there are too many" | "an element was left out: there are too many";
    FAR true "elements lie too far out, or are too large" | "an element lies too far out, or is too large";
    UNSEEN true "elements that can't be seen were left out" | "an element that can't be seen was left out";
    NO_BYTES true "images are not in the file; empty boxes stand in their places" | "an image is not in the file; an empty box stands in its place";
    BAD_IMAGE true "images could not be read; empty boxes stand in their places" | "an image could not be read; an empty box stands in its place";
    NO_ROOM true "images have too many pixels, or all together have; empty boxes stand in their places" | "an image has too many pixels, or all together have; an empty box stands in its place";
    LINKS true "links of elements were left out" | "the link of an element was left out";
    NAMES false "names of library items were left out" | "the name of a library item was left out";
    LETTERS true "texts were cut off: they are too long" | "a text was cut off: it is too long";
    ODD false "elements had values that can't be read, and have the usual ones now" | "an element had values that can't be read, and has the usual ones now";
    EMBEDS false "embedded pages became boxes with their address" | "an embedded page became a box with its address";
    MAGIC false "frames for generated drawings became plain frames" | "a frame for a generated drawing became a plain frame";
    NESTED false "frames in frames were taken out of the outer one" | "a frame in a frame was taken out of the outer one";
    TURNED false "frames that were turned are upright now" | "a frame that was turned is upright now";
    FONTS false "texts are set in another font" | "a text is set in another font";
    SMALLER false "labels are a little smaller, to fit into their boxes" | "a label is a little smaller, to fit into its box";
    LETTERS_APART false "labels in a colour of their own became texts, grouped with what they belong to" | "a label in a colour of its own became a text, grouped with what it belongs to";
    CLEAR false "colours that shine through were mixed with white" | "a colour that shines through was mixed with white";
    COLORS false "colours could not be read and are black now" | "a colour could not be read and is black now";
    UNFILLED false "fills have colours that can't be read, and are not shown, as in Excalidraw" | "a fill has a colour that can't be read, and is not shown, as in Excalidraw";
    FILLS false "fills became hatching" | "a fill became hatching";
    HEADS false "arrow heads became similar ones" | "an arrow head became a similar one";
    POINTS false "lines had very many points and have fewer now" | "a line had very many points and has fewer now";
    MOVED false "ends of arrows moved to the edge of what they hold on to" | "an end of an arrow moved to the edge of what it holds on to";
    FREE false "ends of arrows hold on to nothing any more" | "an end of an arrow holds on to nothing any more";
    ROUNDING false "boxes have corners that are more, or less, round now" | "a box has corners that are more, or less, round now";
    SHARP false "images had round corners and have sharp ones now" | "an image had round corners and has sharp ones now";
    EDGES false "fills without an outline have one now" | "a fill without an outline has one now";
    UNCROPPED false "images were cropped and are whole now" | "an image was cropped and is whole now";
    BACKGROUND false "background colours were left out" | "the background colour was left out";
}
