// What stands in every script of the page without an import: Gradio calls each as a function of these names. Only the
// type checker reads this file.

/** The component whose script it is. */
declare const element: HTMLElement;
/**
 * What Python put into the component; each script says what that is, and a value that is None may come as null or as "".
 * Setting a property puts it where Python finds it.
 */
// biome-ignore lint/suspicious/noExplicitAny: every component holds something else
declare const props: Record<string, any>;
/** Python's functions behind this component; scripts call them through `request`. */
declare const server: Record<string, (asked: object) => Promise<unknown>>;
/** Calls what listens to `name` in Python. */
declare function trigger(name: string): void;
/** Calls `act` after Python has put another value into the property `name`. */
declare function watch(name: string, act: () => void): void;

/** Both languages' sentences: boot.js is called with them and with MODULES, and with nothing else of this. */
declare const WORDS: Record<Lang, Record<string, string>>;
/** What the scripts import: of each module a function of what stands above, `studio.ui.kit.assets` writes the calls. */
declare const MODULES: Record<string, (...given: unknown[]) => object>;
type Lang = "zh" | "en";

/** What there is one of in a page, made by boot.js: the only name that scripts share with one another. */
interface Window {
  xiaozao: {
    lang: Lang;
    words: Record<string, string>;
    modules: typeof MODULES;
    /** Rows that the check-up hands to the table, which takes them away. */
    picked: Picked | null;
    tab(): string; // the one in view, "" as long as there is none
    lastTab(): string | null;
    switchTo(lang: string): void;
  };
}
interface Picked {
  dataset: string | null;
  numbers: number[];
  why: string;
}

/** The element that a selector finds, as far as its last word tells: `.pages button.on` finds a button. */
type Found<S extends string> = S extends `${string} ${infer Last}`
  ? Found<Last>
  : S extends Tag
    ? HTMLElementTagNameMap[S]
    : S extends `${infer Name extends Tag}${"." | "["}${string}`
      ? HTMLElementTagNameMap[Name]
      : HTMLElement;
type Tag = keyof HTMLElementTagNameMap;
/** A value of a list, and what it is called. */
type Entry = readonly [value: string | number, name: string];

/** A chart of a run: all of it anew, what it has grown by, and to draw what was put off. */
interface Chart {
  show(given: Figure): Promise<unknown>;
  grow(more: Growth): Promise<unknown> | undefined;
  settle(): Promise<unknown>;
  points(): number;
}

/** The part of Plotly that is used here, from its own script. */
declare const Plotly: {
  react(plot: HTMLElement, data: object[], layout: object, config: object): Promise<unknown>;
  redraw(plot: HTMLElement): Promise<unknown>;
  purge(plot: HTMLElement): void;
  Plots: { resize(plot: HTMLElement): void };
};
