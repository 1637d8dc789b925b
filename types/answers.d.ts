// What the scripts of the page ask Python for, and what it answers: the payloads of `studio/ui/**/*.py`. Only the type
// checker reads this file.

/** By the name of the Python function: what it is asked, beside the dataset, and what it answers. */
interface Served {
  // header
  now: [asked: { was: string }, answer: Now];
  // model/gallery.py
  gallery_cards: [asked: Nothing, answer: { cards: ModelPick[]; hubs: [key: string, name: string][] }];
  fetch_model: [asked: { model: string; hub: string; token: string }, answer: { downloads: Record<string, Fetching> }];
  stop_fetch: [asked: { model: string }, answer: { downloads: Record<string, Fetching> }];
  fetches: [asked: Nothing, answer: { downloads: Record<string, Fetching> }];
  // model/stored.py
  stored_models: [asked: Nothing, answer: StoredModels];
  delete_model: [asked: { model: string }, answer: StoredModels & { words: string }];
  // train
  live_run: [asked: { run: string; drawn: string; seen: object | null }, answer: Live];
  // train/history.py
  move_run: [asked: { run: string; by: number }, answer: { done: true }];
  hold_queue: [asked: { held: boolean }, answer: { done: true }];
  go_past_failures: [asked: { on: boolean }, answer: { done: true }];
  // train/about.py
  name_run: [asked: { run: string; name: string; note: string }, answer: { done: true }];
  curves_file: [asked: { run: string; format: string }, answer: Base64File];
  log_lines: [asked: { run: string; search: string; page: number }, answer: LogLines];
  // train/disk.py
  disk_used: [asked: Nothing, answer: DiskUsed];
  clear_disk: [asked: { runs: string[] }, answer: { words: string }];
  // data/check.py
  finding_rows: [asked: { numbers: number[] }, answer: { number: number; text: string; target: string; rejected: string }[]];
  preview_fix: [asked: { kind: string }, answer: Preview];
  apply_fix: [asked: { kind: string }, answer: { words: string; undo: boolean }];
  allow_finding: [asked: { kind: string }, answer: { words: string }];
  undo_fix: [asked: Nothing, answer: { words: string }];
  // data/label.py
  label_row: [asked: Act, answer: Card | Strangers | null];
  suggestions: [asked: { threshold: number }, answer: Suggestions];
  accept: [asked: { threshold: number; count: number }, answer: Suggestions & { accepted: number }];
  team: [asked: Nothing, answer: Team];
  invite: [asked: { names: string[]; share: string }, answer: Team];
  dismiss: [asked: Nothing, answer: Team];
  // data/names.py
  label_names: [asked: Nothing, answer: { labels: LabelName[]; longest: number }];
  name_labels: [asked: { names: Record<string, string> }, answer: { changed: number }];
  // data/table.py
  table_page: [asked: Wanted, answer: TablePage];
  edit_cell: [asked: { number: number; revision: number; text?: string; target?: string; rejected?: string; liked?: string }, answer: Row];
  insert_row: [asked: { text: string; target: string; rejected: string; liked?: string }, answer: Row];
  remove_row: [asked: { number: number }, answer: { removed: number }];
  undo_edit: [asked: Nothing, answer: { undone: boolean }];
  cleaned_table: [asked: Nothing, answer: Base64File];
  relabel_rows: [asked: Chosen & { target: string }, answer: { changed: number }];
  remove_rows: [asked: Chosen, answer: { changed: number }];
  other_phrasings: [asked: { number: number }, answer: { phrasings: string[] }];
  model_phrasings: [asked: { number: number }, answer: { phrasings: string[] }];
  insert_phrasings: [asked: { number: number; texts: string[] }, answer: { changed: number }];
  // data/versions.py
  version_list: [asked: Nothing, answer: VersionList];
  keep_version: [asked: Nothing, answer: { version: number; new: boolean }];
  version_rows: [asked: { version: number; page: number }, answer: VersionRows];
  version_changes: [asked: Pair & { kind: string; page: number }, answer: VersionChanges];
  version_file: [asked: { version: number; format: string; part: string }, answer: Base64File];
  // chat/mistakes.py
  mistake_rows: [asked: { run: string }, answer: Mistakes];
  put_right: [asked: { run: string; rows: object[]; ways: object[]; learn: boolean; go: boolean }, answer: { words: string; begun: boolean }];
  line_up: [asked: { run: string; texts: string[] }, answer: { count: number }];
  say_otherwise: [asked: { run: string; texts: string[] }, answer: { ways: string[][] }];
  // data/exam.py
  exam_page: [asked: { page: number; bare: boolean }, answer: ExamPage];
  strike_question: [asked: { number: number; text: string; kept: boolean }, answer: ExamChange];
  reword_question: [asked: { number: number; text: string; new: string }, answer: ExamChange];
  write_question: [asked: { number: number; text: string }, answer: ExamChange];
  // chat/rate.py
  rate_answer: [asked: Round & { said: string }, answer: { words: string }];
  thumb_answer: [asked: Round & { said: string; lane: Lane }, answer: { words: string }];
  correct_answer: [asked: Round & { said: string }, answer: { words: string }];
  // chat/judge.py
  judge_rivals: [asked: Judge, answer: { rivals: [run: string, label: string][] }];
  duel_next: [asked: Judge, answer: DuelAnswer];
  duel_vote: [asked: Judge & { match: number; choice: string }, answer: DuelAnswer];
  duel_undo: [asked: Judge, answer: DuelAnswer];
  duel_ask: [asked: Judge & { text: string }, answer: DuelAnswer];
  judge_facts: [asked: Judge & { result: boolean }, answer: JudgeFacts];
  judge_learn: [asked: Judge & { kind: string }, answer: { dataset: string }];
  // chat/ask_model.py
  model_cost: [asked: Judge & { ready: boolean }, answer: ModelLeft];
  model_ask: [asked: Judge, answer: ModelLeft & { words: string }];
  // chat/mark.py
  paper_next: [asked: Judge, answer: PaperAnswer];
  paper_mark: [asked: Judge & { code: string; marks: Record<string, number> }, answer: PaperAnswer];
  sheet_out: [asked: Judge, answer: Base64File];
  sheet_back: [asked: Judge & Base64File, answer: { words: string; problems: string[] }];
  // chat/print_out.py
  report_file: [asked: { run: string; ending: string }, answer: Base64File];
}
type Nothing = Record<never, never>;
type Name = keyof Served;
type Asked<N extends Name> = Served[N][0];
type Told<N extends Name> = Served[N][1];
/** Of `request`: undefined where the connection is broken. */
type Answer<T> = T | Failure | undefined;
interface Failure {
  error: string;
}

// --- everywhere ---
interface Turn {
  role: string;
  content: string;
}
/** What a person may change in a row. */
type Said = "text" | "target" | "rejected" | "liked";
interface Row {
  number: number;
  text: string;
  target: string;
  rejected: string;
  liked: string; // "up", "down", or "" where the answer does not stand alone
  part: string | null;
  revision: number;
  changed: boolean;
  context: Turn[];
}
/** A page of a list, counted from 0, with how many there are in all and on a page. */
interface PageOf {
  page: number;
  total: number;
  size: number;
}
interface Base64File {
  name: string;
  content: string;
}
/** A piece of a page, as `studio.ui.kit.nodes` makes it. */
type Piece = string | Made;
interface Made {
  tag: string;
  attributes?: Record<string, string>;
  children?: Piece[];
}
interface Figure {
  data: { x: number[]; y: (number | null)[] }[];
  layout: Record<string, object>;
}

// --- model/gallery.py ---
/** A model to choose; `fit` is "", "fits", "tight" or "too_big", `recommended` the reason or "". */
interface ModelPick {
  id: string;
  name: string;
  about: string;
  facts: string;
  size: string;
  fit: string;
  fits: string;
  recommended: string;
  here: boolean;
  download: Fetching | null;
}
interface Fetching {
  state: "running" | "stopped" | "failed" | "finished";
  share: number | null;
  words: string;
  asks: boolean;
}

// --- header, train ---
interface Now {
  /** Which of the tabs have something to work on. */
  open: string;
  machine: string;
  machine_title: string;
  trouble?: string;
  /** The run that trains, what is said of it, and its share of steps; how the one that was asked about ended. */
  run: string;
  doing: string;
  progress: number;
  ended?: string;
}
interface HistoryRow {
  id: string;
  title: string;
  detail: string;
  status: string;
  colour: string;
  state: string;
}
interface History {
  chosen: string;
  now: HistoryRow[];
  waiting: HistoryRow[];
  before: HistoryRow[];
  held: boolean;
  past_failures: boolean;
}
interface AboutRun {
  run: string;
  name: string;
  note: string;
  recipe: string;
  longest_name: number;
  longest_note: number;
  busy: boolean;
  files: string[];
}
interface LogLines extends PageOf {
  lines: { when: string; kind: string; text: string }[];
}
/** What was downloaded; of one that is not `whole`, what came until now. */
interface StoredModels {
  models: { model: string; size: string; whole: boolean; words: string }[];
  total: string;
}
interface DiskUsed {
  rows: { title: string; size: string }[];
  total: string;
  gain: string;
  runs: string[];
}
/** Of some lines the points that are new, and how many of all the page keeps, where it is not all of them. */
interface Growth {
  x: number[][];
  y: (number | null)[][];
  lines: number[];
  keep: (number | null)[];
}
interface Live {
  /** Milliseconds until there can be anything new. */
  rest: number;
  run: string;
  state: string;
  nodes: Piece[];
  seen?: object;
  charts?: Record<string, Figure>;
  /** Of the charts, where these are not of every run the same. */
  words?: Record<string, string>;
  growth?: Record<string, Growth>;
}

// --- data/tab.py: roles_value ---
interface Roles {
  dataset: string;
  task: string;
  tasks: TaskChoice[];
  columns: { name: string; role: string }[];
  sheets: string[];
  sheet: string;
  encodings: string[];
  encoding: string;
  merged: boolean | null;
  respellings: [before: string, after: string, rows: number][];
  /** Only while the script's own choice is on its way to Python. */
  roles?: Record<string, string>;
}
interface TaskChoice {
  name: string;
  labelled: boolean;
  roles: string[];
}

// --- data/check.py ---
interface CheckUp {
  dataset: string | null;
  /** When this dataset was chosen; not of what a check-up tells. */
  at?: number;
  share?: number;
  seen?: Seen;
}
interface Seen {
  score: number;
  advice: string;
  findings: Finding[];
  passed: string[];
}
interface Finding {
  kind: string;
  severity: string;
  title: string;
  why: string;
  does: string;
  fix: string;
  allow: string;
  count: number;
  rows: number[];
  twins: number[];
  numbers: number[];
}
interface Preview {
  words: string;
  any: boolean;
  sample: { number: number; parts: Difference[] }[];
  more: string;
}
interface Difference {
  head: string;
  before: string;
  after: string;
  tail: string;
  note: string;
}

// --- data/label.py ---
interface Act {
  do: string;
  number?: number;
  revision?: number;
  last?: number;
  target?: string;
  label?: string;
  order?: string;
  who?: string;
}
interface LabelName {
  label: string;
  rows: number;
  code: boolean;
  guess: string;
  texts: string[];
}
interface Card extends Row {
  task: string;
  labelled: boolean;
  labels: string[];
  keys: string[];
  done: number;
  total: number;
  last: number;
  suggestion: { label: string; sure: string } | null;
  votes: { name: string; target: string }[];
  undone: boolean;
  conflict: string | null;
  alone: boolean;
  /** Rows that are to be looked at before all others. */
  first: { left: number; why: string } | null;
}
/** Two people label, and it was not said who asks. */
interface Strangers {
  who: string[];
}
interface Suggestions {
  count: number;
  source?: string;
}
/** Without names, one person labels alone. */
interface Team {
  names: string[];
  lines?: string[];
  disputed?: number;
}

// --- chat/mistakes.py ---
interface Mistakes {
  rows: Mistake[];
  total: number;
  labelled: boolean;
  labels: string[];
  /** Rows that have no label yet. */
  waiting: number;
}
interface Mistake {
  number: number;
  text: string;
  target: string;
  said: string;
  before: string;
  origin: string;
  /** "" of a question that only the exam asks, null of a row that is gone. */
  part: string | null;
}

// --- data/table.py ---
interface Wanted {
  page: number;
  search: string;
  label: string;
  part: string;
  sort: string;
  descending: boolean;
  numbers: number[] | null;
}
interface Chosen extends Wanted {
  all: boolean;
  chosen: number[];
}
interface TablePage extends PageOf {
  rows: Row[];
  task: string;
  labelled: boolean;
  compares: boolean;
  labels: string[];
}

// --- data/versions.py ---
interface VersionList {
  versions: Version[];
  task: string;
  labelled: boolean;
  compares: boolean;
  formats: string[];
}
interface Version {
  version: number;
  created: number;
  rows: number;
  labels: [label: string, rows: number][];
  parts: Record<"train" | "validation" | "test", number>;
  lesson: string;
  runs: string[];
}
interface VersionRow {
  number: number;
  text: string;
  target: string;
  rejected: string;
  liked: string;
  context: Turn[];
}
interface VersionRows {
  rows: (VersionRow & { part: string })[];
  total: number;
  size: number;
}
interface Pair {
  old: number;
  new: number;
}
interface Change {
  number: number;
  kind: string;
  old: VersionRow | null;
  new: VersionRow | null;
}
interface VersionChanges {
  rows: Change[];
  counts: Record<"added" | "removed" | "changed", number>;
  total: number;
  size: number;
}

// --- data/exam.py ---
interface ExamPage extends PageOf {
  facts: Fact[];
  counts: Counts;
}
interface Fact {
  number: number;
  rows: number[];
  text: string;
  ways: number;
  answer: string;
  questions: Question[];
}
interface Question {
  number: number;
  text: string;
  origin: string;
  part: string | null;
}
type Counts = Record<"validation" | "test" | "own" | "rule" | "written" | "bare", number>;
interface ExamChange {
  fact: Fact;
  counts: Counts;
}

// --- chat/rate.py ---
/** The last question of a conversation with both answers, and who gave them. */
interface Round {
  dataset: string;
  run: string;
  step: number;
  question: string;
  context: [role: string, content: string][];
  /** What was said before the base's answer, which had answers of its own. */
  base_context: [role: string, content: string][];
  base: string;
  tuned: string;
}
type Lane = "base" | "tuned";

// --- chat/judge.py ---
interface Judge {
  run: string;
  /** "" is the run's own base. */
  against: string;
  who: string;
}
/** Two answers of which nothing tells whose they are. */
interface Duel {
  match: number;
  text: string;
  context: Turn[];
  left: string;
  right: string;
}
/** `count`: how many this judge has voted on. */
interface DuelAnswer {
  shown: Duel | null;
  count: number;
}
/** An answer to be marked, of which nothing tells whose it is; `count`: how many this judge has marked. */
interface PaperAnswer {
  paper: Paper | null;
  count: number;
}
interface Paper {
  code: string;
  text: string;
  context: Turn[];
  wanted: string;
  answer: string;
}
/** What another model would yet be asked; `more`: not every question has its answers. */
interface ModelLeft {
  there: boolean;
  more?: boolean;
  calls?: number;
  words?: string;
  prompt?: string;
}
interface JudgeFacts {
  result: string[];
  learn: { kind: string; rows: number; words: string }[];
}
