// What the text that sliders settle is worth to me.

// As the model has it: v = 1 - |x - ideal| / max(ideal, 1 - ideal), less what it costs to leave an earlier commitment.
// own: my numbers in the group; inputs: named by the prefix and their issue.
export function worthOf(own, inputs, prefix) {
  if (own.together) return together(own.together, inputs, prefix);
  let sum = 0;
  for (const input of inputs) {
    const issue = input.name.slice(prefix.length), option = input.type !== "range", x = Number(input.value);
    const ideal = own.ideal[issue];
    const value = option ? own.values[issue][input.value] : 1 - Math.abs(x - ideal) / Math.max(ideal, 1 - ideal);
    sum += own.priorities[issue] * value;
    for (const held of own.commitments) {
      if (held.issue === issue) sum -= held.hold * (option ? Number(input.value !== held.settlement) : Math.abs(x - held.settlement));
    }
  }
  return sum;
}

// Where issues interact, a list says what each combination of their options is worth, the last issue fastest.
function together({ issues, worth }, inputs, prefix) {
  const chosen = (issue) => inputs.find((input) => input.name === `${prefix}${issue}`).value;
  return worth[issues.reduce((number, [issue, options]) => number * options.length + options.indexOf(chosen(issue)), 0)];
}
