// Hands the job in props.value ({name, text}) to the browser as a file.
const pressed = element.querySelector("button");
element.querySelector(".what").textContent = window.xiaozao.say("model_tab.save");
const paint = () => { pressed.disabled = !props.value; };
pressed.addEventListener("click", () => window.xiaozao.save(props.value.name, props.value.text, "text/yaml"));
watch("value", paint);
paint();
