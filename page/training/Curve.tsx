/**
 * The curves of a training: loss by steps, on what it learns from and on what was held out.
 */
import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import type { TrainingPoint } from "../../bridge/client/generated/protocol.ts";
import { loss } from "./words.ts";

const HEIGHT = 240;
const LEAST_WIDTH = 200;
/** Steps are whole. */
const STEPS_APART = [1, 10, 100, 1_000, 10_000, 100_000].flatMap((unit) => [unit, 2 * unit, 5 * unit]);

export function Curve({ points }: { points: readonly TrainingPoint[] }) {
  const container = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const latest = useRef(points);
  latest.current = points;
  useEffect(() => {
    const element = container.current;
    if (element === null) return undefined;
    let isGone = false;
    let UPlot: typeof uPlot | undefined;
    const draw = () => {
      if (UPlot === undefined || isGone) return;
      plot.current?.destroy();
      plot.current = new UPlot(optionsOf(element), dataOf(latest.current), element);
    };
    import("uplot").then(
      (module) => {
        UPlot = module.default;
        draw();
      },
      () => {
        element.textContent = "The curves could not be fetched.";
      },
    );
    const sizes = new ResizeObserver(() =>
      plot.current?.setSize({ width: widthOf(element), height: HEIGHT }),
    );
    sizes.observe(element);
    // Its colours are painted, so they do not change by themselves.
    const media = matchMedia("(prefers-color-scheme: dark)");
    media.addEventListener("change", draw);
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      isGone = true;
      sizes.disconnect();
      theme.disconnect();
      media.removeEventListener("change", draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, []);
  useEffect(() => plot.current?.setData(dataOf(points)), [points]);
  return (
    <figure class="training-curve">
      <figcaption class="row">
        <span class="training-key training-key-train">while learning</span>
        <span class="training-key training-key-held">on music that was held out</span>
        <span class="quiet training-unit">loss of a note: lower is better</span>
      </figcaption>
      <div ref={container} class="training-plot" role="img" aria-label={description(points)} />
    </figure>
  );
}

function description(points: readonly TrainingPoint[]): string {
  const held = points.filter(({ heldOutLoss }) => heldOutLoss !== null);
  const train = points.filter(({ trainLoss }) => trainLoss !== null);
  const span = (first: number | null | undefined, last: number | null | undefined) =>
    `from ${loss(first ?? null)} to ${loss(last ?? null)}`;
  return [
    `Loss while learning ${span(train[0]?.trainLoss, train.at(-1)?.trainLoss)}`,
    `held out ${span(held[0]?.heldOutLoss, held.at(-1)?.heldOutLoss)}`,
  ].join(", ");
}

function dataOf(points: readonly TrainingPoint[]): uPlot.AlignedData {
  return [
    points.map(({ step }) => step),
    points.map(({ trainLoss }) => trainLoss),
    points.map(({ heldOutLoss }) => heldOutLoss),
  ];
}

function optionsOf(element: HTMLElement): uPlot.Options {
  const colour = colourReader(element);
  const [quiet, line] = [colour("--quiet"), colour("--line")];
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const axis = { stroke: quiet, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  const value = (_: uPlot, number: number | null) => loss(number);
  return {
    width: widthOf(element),
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: false } },
    axes: [
      { ...axis, grid: { show: false }, size: 28, incrs: STEPS_APART },
      { ...axis, size: 48 },
    ],
    series: [
      { label: "Step" },
      {
        label: "Learning",
        stroke: colour("--accent"),
        width: 1.5,
        spanGaps: true,
        points: { show: false },
        value,
      },
      {
        label: "Held out",
        stroke: colour("--ghost"),
        width: 2,
        spanGaps: true,
        points: { show: true, size: 6, fill: colour("--ghost") },
        value,
      },
    ],
  };
}

/** Colours as the canvas takes them: a variable may be one of two, light or dark. */
function colourReader(element: HTMLElement): (name: string) => string {
  return (name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}

function widthOf(element: HTMLElement): number {
  return Math.max(LEAST_WIDTH, element.clientWidth);
}
