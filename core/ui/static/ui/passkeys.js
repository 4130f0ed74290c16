/* Says in words what allauth would only write to the console: the browser gave no passkey. */
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const trouble = document.getElementById("passkey_trouble");
  if (trouble) {
    trouble.hidden = false;
    trouble.scrollIntoView({ block: "nearest" });
  }
});
