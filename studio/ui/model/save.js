// Hands the job in props.value ({name, text}) to the browser as a file.
import { $, put, save, say } from "../kit/page.js";

const pressed = $("button");
put($(".what"), say("model_tab.save"));
const paint = () => { pressed.disabled = !props.value; };
pressed.addEventListener("click", () => save(props.value.name, props.value.text, "text/yaml"));
watch("value", paint);
paint();
