// Saves an SVG of the page as a file: as an SVG, or as a PNG.
//
// The file has no style sheets, so each shape gets the style that it has on the page as attributes.
// The PNG is painted from the same shapes, because the page's policy forbids images from a blob.
// Only for the shapes that the page draws (SHAPES) and plain text; not for images or nested text.

import { button, element } from "../dom/element";
import { saveFile } from "../dom/save-file";
import { svg } from "../dom/svg";

/** The properties of a shape's style that are saved. */
const PROPERTIES = [
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

type Style = Record<(typeof PROPERTIES)[number], string>;

const ALIGNMENTS: Readonly<Record<string, CanvasTextAlign>> = { middle: "center", end: "end" };

const SHAPES = "rect, circle, line, path, polyline, polygon, text";

/** The least number of pixels of a PNG's longer side. */
const PNG_SIDE = 2000;

/** Saves the figure as `NAME.svg`. */
function saveSvg(name: string, figure: SVGSVGElement): void {
  const text = new XMLSerializer().serializeToString(standalone(figure));
  saveFile(`${name}.svg`, new Blob([text], { type: "image/svg+xml" }));
}

/** Saves the figure as `NAME.png`. */
async function savePng(name: string, figure: SVGSVGElement): Promise<void> {
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
    context.setTransform(toPixels.multiply(transformOf(figure, shape)));
    paint(context, shape);
    context.restore();
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("the picture could not be made");
  saveFile(`${name}.png`, blob);
}

/** Returns buttons that save the figure; `onError` is called where that fails. */
export function saveButtons(
  name: string,
  figure: () => SVGSVGElement,
  onError: (error: unknown) => void,
): HTMLElement {
  const save = (label: string, write: () => void | Promise<void>) =>
    // A promise catches what `write` throws at once, too.
    button(label, () => void Promise.resolve().then(write).catch(onError));
  return element(
    "div",
    "save-figure",
    save("Save as SVG", () => saveSvg(name, figure())),
    save("Save as PNG", () => savePng(name, figure())),
  );
}

/** Returns a copy that looks the same without the page's style sheets. */
function standalone(figure: SVGSVGElement): SVGSVGElement {
  const copy = figure.cloneNode(true) as SVGSVGElement;
  const copies = copy.querySelectorAll<SVGElement>(SHAPES);
  for (const [index, shape] of [...figure.querySelectorAll<SVGElement>(SHAPES)].entries()) {
    const style = styleOf(shape);
    for (const property of PROPERTIES) copies[index]?.setAttribute(property, style[property]);
  }
  for (const element of [copy, ...copy.querySelectorAll("*")]) {
    element.removeAttribute("class");
    element.removeAttribute("style");
    element.removeAttribute("tabindex");
  }
  const { width, height } = sizeOf(figure);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const { x = 0, y = 0 } = figure.viewBox.baseVal ?? {};
  copy.prepend(svg("rect", { x, y, width, height, fill: backgroundOf(figure) }));
  return copy;
}

/** Returns the visible shapes, those in front last. */
function shapesOf(figure: SVGSVGElement): SVGGraphicsElement[] {
  const shapes = [...figure.querySelectorAll<SVGGraphicsElement>(SHAPES)];
  return shapes.filter(
    (shape) => getComputedStyle(shape).visibility === "visible" && shape.getScreenCTM() !== null,
  );
}

function styleOf(shape: Element): Style {
  const style = getComputedStyle(shape);
  const entries = PROPERTIES.map((property) => [property, style.getPropertyValue(property)]);
  return Object.fromEntries(entries) as Style;
}

/** Returns the figure's size in its own units. */
function sizeOf(figure: SVGSVGElement): { width: number; height: number } {
  const { width, height } = figure.viewBox.baseVal ?? { width: 0, height: 0 };
  return width > 0 && height > 0 ? { width, height } : figure.getBoundingClientRect();
}

/** Returns the transform from a shape's units to the figure's. */
function transformOf(figure: SVGSVGElement, shape: SVGGraphicsElement): DOMMatrix {
  const [outer, inner] = [figure.getScreenCTM(), shape.getScreenCTM()];
  return outer && inner ? DOMMatrix.fromMatrix(outer.inverse().multiply(inner)) : new DOMMatrix();
}

/** Returns the colour behind the figure. */
function backgroundOf(figure: Element): string {
  for (let element: Element | null = figure; element; element = element.parentElement) {
    const { backgroundColor } = getComputedStyle(element);
    if (backgroundColor !== "transparent" && !/, 0\)$/.test(backgroundColor))
      return backgroundColor;
  }
  return "#fff";
}

function paint(context: CanvasRenderingContext2D, shape: SVGGraphicsElement): void {
  const style = styleOf(shape);
  const opacity = Number(style.opacity);
  const [fill, stroke] = [style.fill !== "none", style.stroke !== "none"];
  context.fillStyle = style.fill;
  context.strokeStyle = style.stroke;
  context.lineWidth = parseFloat(style["stroke-width"]);
  context.lineCap = style["stroke-linecap"] as CanvasLineCap;
  context.lineJoin = style["stroke-linejoin"] as CanvasLineJoin;
  context.setLineDash((style["stroke-dasharray"].match(/[\d.]+/g) ?? []).map(Number));
  const fillOpacity = opacity * Number(style["fill-opacity"]);
  const strokeOpacity = opacity * Number(style["stroke-opacity"]);
  if (shape instanceof SVGTextElement) {
    const fonts = ["font-style", "font-weight", "font-size", "font-family"] as const;
    context.font = fonts.map((property) => style[property]).join(" ");
    context.textAlign = ALIGNMENTS[style["text-anchor"]] ?? "start";
    context.textBaseline = /middle|central/.test(style["dominant-baseline"])
      ? "middle"
      : "alphabetic";
    context.globalAlpha = fillOpacity;
    context.fillText(shape.textContent ?? "", numberOf(shape, "x"), numberOf(shape, "y"));
    return;
  }
  const path = outline(shape);
  context.globalAlpha = fillOpacity;
  if (fill) context.fill(path);
  context.globalAlpha = strokeOpacity;
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
