// Figures that can be taken along: an SVG of the page as a file of its own, or as a PNG.
//
// The page's style sheets stay behind, so each shape is given the looks that it has on the page. The
// PNG is painted from the same shapes: the page's policy lets no image be loaded from a blob. Knows
// the shapes that the page draws (SHAPES) and plain text; not for pictures or text within text.

import { save } from "../dom/save-file";

/** What of a shape's style makes its looks. */
const LOOKS = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "font-family",
  "font-size",
  "font-style",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
] as const;

type Looks = Record<(typeof LOOKS)[number], string>;

const ALIGNMENTS: Readonly<Record<string, CanvasTextAlign>> = { middle: "center", end: "end" };

const SHAPES = "rect, circle, line, path, polyline, polygon, text";

/** Pixels of a PNG's longer side, at least. */
const PNG_SIDE = 2000;

/** Saves the figure as `NAME.svg`. */
export function saveSvg(name: string, figure: SVGSVGElement): void {
  const text = new XMLSerializer().serializeToString(standalone(figure));
  save(`${name}.svg`, new Blob([text], { type: "image/svg+xml" }));
}

/** Saves the figure as `NAME.png`. */
export async function savePng(name: string, figure: SVGSVGElement): Promise<void> {
  const { width, height } = sizeOf(figure);
  const scale = Math.max(1, PNG_SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser has no canvas to draw on");
  context.fillStyle = backgroundOf(figure);
  context.fillRect(0, 0, canvas.width, canvas.height);
  const base = figure.viewBox.baseVal;
  const toPixels = new DOMMatrix().scale(scale).translate(-(base?.x ?? 0), -(base?.y ?? 0));
  for (const shape of shapesOf(figure)) {
    context.save();
    context.setTransform(toPixels.multiply(placeOf(figure, shape)));
    paint(context, shape);
    context.restore();
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("the picture could not be made");
  save(`${name}.png`, blob);
}

/** Buttons that save the figure; `complain` is told where that fails. */
export function saveButtons(
  name: string,
  figure: () => SVGSVGElement,
  complain: (error: unknown) => void,
): HTMLElement {
  const buttons = document.createElement("div");
  buttons.className = "save-figure";
  const offer = (label: string, take: () => void | Promise<void>): void => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => {
      // What is thrown at once and what is rejected later end in the same place.
      Promise.resolve().then(take).catch(complain);
    });
    buttons.append(button);
  };
  offer("Save as SVG", () => saveSvg(name, figure()));
  offer("Save as PNG", () => savePng(name, figure()));
  return buttons;
}

/** A copy that looks the same without the page's style sheets. */
function standalone(figure: SVGSVGElement): SVGSVGElement {
  const copy = figure.cloneNode(true) as SVGSVGElement;
  const copies = copy.querySelectorAll<SVGElement>(SHAPES);
  for (const [index, shape] of [...figure.querySelectorAll<SVGElement>(SHAPES)].entries()) {
    const looks = looksOf(shape);
    for (const look of LOOKS) copies[index]?.setAttribute(look, looks[look]);
  }
  for (const element of [copy, ...copy.querySelectorAll("*")]) {
    element.removeAttribute("class");
    element.removeAttribute("style");
    element.removeAttribute("tabindex");
  }
  const { width, height } = sizeOf(figure);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const base = figure.viewBox.baseVal;
  ground.setAttribute("x", String(base?.x ?? 0));
  ground.setAttribute("y", String(base?.y ?? 0));
  ground.setAttribute("width", String(width));
  ground.setAttribute("height", String(height));
  ground.setAttribute("fill", backgroundOf(figure));
  copy.prepend(ground);
  return copy;
}

/** The shapes that are seen, those in front last. */
function shapesOf(figure: SVGSVGElement): SVGGraphicsElement[] {
  const shapes = [...figure.querySelectorAll<SVGGraphicsElement>(SHAPES)];
  return shapes.filter(
    (shape) => getComputedStyle(shape).visibility === "visible" && shape.getScreenCTM() !== null,
  );
}

function looksOf(shape: Element): Looks {
  const style = getComputedStyle(shape);
  return Object.fromEntries(LOOKS.map((look) => [look, style.getPropertyValue(look)])) as Looks;
}

/** The figure's size in its own units. */
function sizeOf(figure: SVGSVGElement): { width: number; height: number } {
  const { width, height } = figure.viewBox.baseVal ?? { width: 0, height: 0 };
  return width > 0 && height > 0 ? { width, height } : figure.getBoundingClientRect();
}

/** From a shape's own units to the figure's. */
function placeOf(figure: SVGSVGElement, shape: SVGGraphicsElement): DOMMatrix {
  const [outer, inner] = [figure.getScreenCTM(), shape.getScreenCTM()];
  return outer && inner ? DOMMatrix.fromMatrix(outer.inverse().multiply(inner)) : new DOMMatrix();
}

/** The colour that the figure stands on. */
function backgroundOf(figure: Element): string {
  for (let element: Element | null = figure; element; element = element.parentElement) {
    const { backgroundColor } = getComputedStyle(element);
    if (backgroundColor !== "transparent" && !/, 0\)$/.test(backgroundColor))
      return backgroundColor;
  }
  return "#fff";
}

function paint(context: CanvasRenderingContext2D, shape: SVGGraphicsElement): void {
  const looks = looksOf(shape);
  const opacity = Number(looks.opacity);
  const [fill, stroke] = [looks.fill !== "none", looks.stroke !== "none"];
  context.fillStyle = looks.fill;
  context.strokeStyle = looks.stroke;
  context.lineWidth = parseFloat(looks["stroke-width"]);
  context.lineCap = looks["stroke-linecap"] as CanvasLineCap;
  context.lineJoin = looks["stroke-linejoin"] as CanvasLineJoin;
  context.setLineDash((looks["stroke-dasharray"].match(/[\d.]+/g) ?? []).map(Number));
  const filling = opacity * Number(looks["fill-opacity"]);
  const stroking = opacity * Number(looks["stroke-opacity"]);
  if (shape instanceof SVGTextElement) {
    context.font = `${looks["font-style"]} ${looks["font-weight"]} ${looks["font-size"]} ${looks["font-family"]}`;
    context.textAlign = ALIGNMENTS[looks["text-anchor"]] ?? "start";
    context.textBaseline = /middle|central/.test(looks["dominant-baseline"])
      ? "middle"
      : "alphabetic";
    context.globalAlpha = filling;
    context.fillText(shape.textContent ?? "", numberOf(shape, "x"), numberOf(shape, "y"));
    return;
  }
  const path = outline(shape);
  context.globalAlpha = filling;
  if (fill) context.fill(path);
  context.globalAlpha = stroking;
  if (stroke) context.stroke(path);
}

function outline(shape: SVGGraphicsElement): Path2D {
  const at = (name: string): number => numberOf(shape, name);
  const path = new Path2D();
  switch (shape.localName) {
    case "rect":
      path.roundRect(at("x"), at("y"), at("width"), at("height"), at("rx"));
      break;
    case "circle":
      path.arc(at("cx"), at("cy"), at("r"), 0, 2 * Math.PI);
      break;
    case "line":
      path.moveTo(at("x1"), at("y1"));
      path.lineTo(at("x2"), at("y2"));
      break;
    case "path":
      return new Path2D(shape.getAttribute("d") ?? "");
    default: {
      const points = (shape.getAttribute("points")?.match(/-?[\d.]+(e-?\d+)?/g) ?? []).map(Number);
      for (let i = 0; i + 1 < points.length; i += 2)
        path.lineTo(points[i] ?? 0, points[i + 1] ?? 0);
      if (shape.localName === "polygon") path.closePath();
    }
  }
  return path;
}

function numberOf(shape: Element, name: string): number {
  return parseFloat(shape.getAttribute(name) ?? "0");
}
