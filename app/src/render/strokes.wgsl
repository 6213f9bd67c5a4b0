// Shapes: the corners of strips through the camera, with soft edges.

struct View {
    // The board's point in the top left corner, each coordinate as the sum of two floats.
    origin_high: vec2<f32>,
    origin_low: vec2<f32>,
    // Pixels.
    size: vec2<f32>,
    // Pixels per board unit.
    scale: f32,
    unused: f32,
    // The paper's colour, in gamma space, and how much of a colour is mixed into it where that is a tint.
    paper: vec4<f32>,
    // The inks as they look on this board, in gamma space.
    inks: array<vec4<f32>, 16>,
}

@group(0) @binding(0) var<uniform> view: View;
// Three texels a slot: where its shape's origin lies (high x, y, low x, y); its line's colour, its opacity and how much
// of its ink lies on bare ground, how long its line is and what its offsets are parts of, both in board units; its fill's
// colour, how thick it is there in board units, the clip that it is cut off by, and nothing.
@group(0) @binding(1) var slots: texture_2d<u32>;
// Two texels a clip: the middle of what is left open (high x, y, low x, y); what leads a way from there to the unit square around
// nothing, all 0 where nothing is cut off.
@group(0) @binding(2) var clips: texture_2d<u32>;

const SLOTS_A_ROW: u32 = 512u;
// What of a shape is drawn: 0 all, 1 its line, 2 its fill, 3 what its line has more of the colours than its fill, 4 what it
// has less.
override part: u32 = 0u;
const TINT: u32 = 0x80000000u;
// Which edge of a line a corner is on, or whether it is on the rim of a round end.
const LEFT: u32 = 0u;
const MIDDLE: u32 = 1u;
const RIGHT: u32 = 2u;
const RIM: u32 = 3u;
// On the edge of a flat, to be moved inwards; else outwards.
const INNER: u32 = 4u;
// A head of a line is so many times as thick as its ways out are long.
const HEAD: f32 = 5.0;
// Lines are at least this thick, half of it on each side, and as much fainter as they are thinner.
const THIN: f32 = 0.5;
// An edge goes from full to nothing over one pixel.
const SOFT: f32 = 0.5;

struct Corner {
    @builtin(position) at: vec4<f32>,
    // How far inside the left and the right edge it is, in pixels; at the rim of a round end they are the same.
    @location(0) inside: vec2<f32>,
    // Less than 1 where the line is thinner than it is drawn.
    @location(1) fade: f32,
    @location(2) @interpolate(flat) color: vec4<f32>,
    // How far it is from the middle of what is left open, across and down, and how far the edges are, in pixels.
    @location(3) open: vec2<f32>,
    @location(4) @interpolate(flat) edge: vec2<f32>,
}

// Says of a corner, which is so many pixels from the picture's, where it is in the clip with this number.
fn clip_to(number: u32, at: vec2<f32>, out: ptr<function, Corner>) {
    (*out).open = vec2<f32>(0.0);
    (*out).edge = vec2<f32>(1e9);
    if number == 0u {
        return;
    }
    let texel = vec2<u32>(2u * (number % SLOTS_A_ROW), number / SLOTS_A_ROW);
    let middle = bitcast<vec4<f32>>(textureLoad(clips, texel, 0));
    let inverse = bitcast<vec4<f32>>(textureLoad(clips, texel + vec2<u32>(1u, 0u), 0));
    // How much each coordinate in the unit square changes with a pixel.
    let across = length(inverse.xz) / view.scale;
    let down = length(inverse.yw) / view.scale;
    if across == 0.0 || down == 0.0 {
        return;
    }
    let from_middle = at / view.scale - ((middle.xy - view.origin_high) + (middle.zw - view.origin_low));
    let unit = inverse.xy * from_middle.x + inverse.zw * from_middle.y;
    (*out).open = unit / vec2<f32>(across, down);
    (*out).edge = 0.5 / vec2<f32>(across, down);
}

// An ink's number, or from 16 on a colour of its own, and whether that is a tint.
fn color_of(code: u32) -> vec3<f32> {
    var color = view.inks[code & 15u].rgb;
    if (code & 16u) != 0u {
        color = unpack4x8unorm((code & ~TINT) >> 5u).rgb;
    }
    if (code & TINT) != 0u {
        color = mix(view.paper.rgb, color, view.paper.a);
    }
    return color;
}

@vertex
fn corner(@location(0) centre: vec2<f32>, @location(1) way: vec2<f32>, @location(2) tag: u32) -> Corner {
    var out: Corner;
    let filled = (tag & 8u) != 0u;
    if part != 0u && (part == 2u) != filled {
        // Out of the picture, all in one place.
        out.at = vec4<f32>(2.0, 2.0, 0.0, 1.0);
        return out;
    }
    let slot = tag >> 4u;
    let texel = vec2<u32>(3u * (slot % SLOTS_A_ROW), slot / SLOTS_A_ROW);
    let place = bitcast<vec4<f32>>(textureLoad(slots, texel, 0));
    let line = textureLoad(slots, texel + vec2<u32>(1u, 0u), 0);
    let inside = textureLoad(slots, texel + vec2<u32>(2u, 0u), 0);

    // Far out, the great parts cancel first, exactly.
    let from_corner = (place.xy - view.origin_high) + (place.zw - view.origin_low) + centre;
    let offset = way * bitcast<f32>(line.w);
    let wide = length(offset);
    let radius = wide * view.scale;
    let shine = unpack2x16unorm(line.y);
    let drawn = max(radius, THIN);
    let side = tag & 7u;
    var at = from_corner * view.scale;
    if side != MIDDLE && wide > 0.0 {
        let outwards = offset / wide;
        if side == INNER {
            at -= outwards * SOFT;
        } else if side > INNER {
            at += outwards * SOFT;
        } else {
            at += outwards * (drawn + SOFT);
        }
    }

    out.at = vec4<f32>(2.0 * at.x / view.size.x - 1.0, 1.0 - 2.0 * at.y / view.size.y, 0.0, 1.0);
    clip_to(inside.z, at, &out);
    let across = 2.0 * drawn + SOFT;
    switch side {
        case LEFT: {
            out.inside = vec2<f32>(-SOFT, across);
        }
        case RIGHT: {
            out.inside = vec2<f32>(across, -SOFT);
        }
        case MIDDLE: {
            out.inside = vec2<f32>(drawn);
        }
        case INNER: {
            out.inside = vec2<f32>(SOFT);
        }
        default: {
            out.inside = vec2<f32>(-SOFT);
        }
    }
    if side > RIM {
        // What is thinner than a pixel is fainter instead.
        let thick = select(HEAD * wide, bitcast<f32>(inside.y), filled);
        out.fade = min(thick * view.scale, 1.0);
    } else {
        // A thin line, too. Drawn thicker, it is also longer at its ends, and lies on itself.
        let thin = min(radius / THIN, 1.0);
        let long = bitcast<f32>(line.z) * view.scale + 2.0 * radius;
        let less = shine.y * long / (long + 2.0 * (THIN - min(radius, THIN)));
        out.fade = thin * mix(less, 1.0, smoothstep(0.4, 1.0, thin));
    }
    out.color = vec4<f32>(color_of(select(line.x, inside.x, filled)), 1.0) * shine.x;
    if part > 2u {
        let more = color_of(line.x) - color_of(inside.x);
        out.color = vec4<f32>(max(select(-more, more, part == 3u), vec3<f32>(0.0)) * shine.x, 0.0);
    }
    return out;
}

fn coverage(in: Corner) -> f32 {
    // Along a slanting edge what is told by the corners is not quite the distance.
    let left = in.inside.x / max(length(vec2<f32>(dpdx(in.inside.x), dpdy(in.inside.x))), 1e-6);
    let right = in.inside.y / max(length(vec2<f32>(dpdx(in.inside.y), dpdy(in.inside.y))), 1e-6);
    let open = in.edge - abs(in.open);
    return clamp(min(left, right) + 0.5, 0.0, 1.0) * clamp(min(open.x, open.y) + 0.5, 0.0, 1.0) * in.fade;
}

// Where nothing shines through, what overlaps itself may be drawn twice.
@fragment
fn opaque(in: Corner) -> @location(0) vec4<f32> {
    return in.color * coverage(in);
}

// What shines through is drawn once a pixel: first where it covers all of it, ...
@fragment
fn core(in: Corner) -> @location(0) vec4<f32> {
    let covered = coverage(in);
    if covered < 0.999 {
        discard;
    }
    return in.color;
}

// ... then its edges, where they cover more than so much.
override least: f32 = 0.0;

@fragment
fn fringe(in: Corner) -> @location(0) vec4<f32> {
    let covered = coverage(in);
    if covered >= 0.999 || covered <= least {
        discard;
    }
    return in.color * covered;
}
