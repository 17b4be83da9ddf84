// A page to print has a button that prints it.

for (const button of document.querySelectorAll("button.print")) button.addEventListener("click", () => print());
