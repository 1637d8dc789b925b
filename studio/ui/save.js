// Hands the job in props.value ({name, text}) to the browser as a file.
const pressed = element.querySelector("button");
element.querySelector(".what").textContent = window.xiaozao.say("model_tab.save");
const paint = () => { pressed.disabled = !props.value; };
pressed.addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([props.value.text], { type: "text/yaml" }));
  link.download = props.value.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
});
watch("value", paint);
paint();
