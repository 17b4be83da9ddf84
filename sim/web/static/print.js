// A page to print has a button that prints it.

document.getElementById("print").addEventListener("click", () => print());
