// Shows the pieces in props.value.
import { painter } from "./fragment.js";
import { $ } from "./page.js";

const show = painter($(".nodes"));
const paint = () => show(props.value || []);
watch("value", paint);
paint();
