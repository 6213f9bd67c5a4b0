// Images: a texture each, on a parallelogram with soft edges.

// The same as for shapes; what stands behind isn't needed.
struct View {
    origin_high: vec2<f32>,
    origin_low: vec2<f32>,
    size: vec2<f32>,
    scale: f32,
    unused: f32,
}

@group(0) @binding(0) var<uniform> view: View;
// Colours times opacity, in gamma space.
@group(1) @binding(0) var pixels: texture_2d<f32>;
@group(1) @binding(1) var between: sampler;

// An edge goes from full to nothing over one pixel.
const SOFT: f32 = 0.5;

struct Corner {
    @builtin(position) at: vec4<f32>,
    // Where in the image it is: 0 in the middle, -1 and 1 at the edges.
    @location(0) out: vec2<f32>,
    @location(1) @interpolate(flat) opacity: f32,
    // As for shapes: how far it is from the middle of what is left open, and how far the edges of that are, in pixels.
    @location(2) open: vec2<f32>,
    @location(3) @interpolate(flat) edge: vec2<f32>,
}

// `middle` is a point of the board, each coordinate as the sum of two floats (high x, y, low x, y); `ways` lead from there to
// the middles of two sides.
@vertex
fn corner(
    @builtin(vertex_index) n: u32,
    @location(0) middle: vec4<f32>,
    @location(1) ways: vec4<f32>,
    @location(2) opacity: f32,
    @location(3) clip_middle: vec4<f32>,
    @location(4) clip_inverse: vec4<f32>,
) -> Corner {
    let side = vec2<f32>(f32(n & 1u), f32(n >> 1u)) * 2.0 - 1.0;
    let across = ways.xy * view.scale;
    let down = ways.zw * view.scale;
    let half = max(vec2<f32>(length(across), length(down)), vec2<f32>(1e-6));
    let more = (half + SOFT) / half;
    // Far out, the great parts cancel first, exactly.
    let from_corner = (middle.xy - view.origin_high) + (middle.zw - view.origin_low);
    let at = from_corner * view.scale + across * side.x * more.x + down * side.y * more.y;
    var out: Corner;
    out.at = vec4<f32>(2.0 * at.x / view.size.x - 1.0, 1.0 - 2.0 * at.y / view.size.y, 0.0, 1.0);
    out.out = side * more;
    // What is thinner than a pixel is fainter instead.
    let thin = min(2.0 * half, vec2<f32>(1.0));
    out.opacity = opacity * thin.x * thin.y;
    out.open = vec2<f32>(0.0);
    out.edge = vec2<f32>(1e9);
    let step = vec2<f32>(length(clip_inverse.xz), length(clip_inverse.yw)) / view.scale;
    if step.x > 0.0 && step.y > 0.0 {
        let clip = (clip_middle.xy - view.origin_high) + (clip_middle.zw - view.origin_low);
        let from_clip = at / view.scale - clip;
        out.open = (clip_inverse.xy * from_clip.x + clip_inverse.zw * from_clip.y) / step;
        out.edge = 0.5 / step;
    }
    return out;
}

@fragment
fn image(in: Corner) -> @location(0) vec4<f32> {
    // A little sharper than smooth: words in a picture stay readable.
    let color = textureSampleBias(pixels, between, 0.5 + 0.5 * in.out, -0.5);
    let across = (1.0 - abs(in.out.x)) / max(length(vec2<f32>(dpdx(in.out.x), dpdy(in.out.x))), 1e-6);
    let down = (1.0 - abs(in.out.y)) / max(length(vec2<f32>(dpdx(in.out.y), dpdy(in.out.y))), 1e-6);
    let open = in.edge - abs(in.open);
    let cut = clamp(min(open.x, open.y) + SOFT, 0.0, 1.0);
    return color * clamp(min(across, down) + SOFT, 0.0, 1.0) * cut * in.opacity;
}
