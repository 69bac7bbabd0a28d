// What a scenario's files say of themselves.  Pure.

// The parts of a README: its title, "## The depot", and "### NN · TIME · TITLE" with
// what was worked out by hand for that step.
export function readme(text) {
  const steps = new Map();
  const parts = { title: /^# (.+)$/m.exec(text)?.[1] ?? '', depot: '', steps };
  for (const part of text.split(/^(?=#{2,3} )/m)) {
    const [heading] = part.split('\n', 1);
    const body = part.slice(heading.length).replace(/^\n+|\s+$/g, '');
    const step = /^### (\d\d) · (?:(\d\d:\d\d) · )?(.+)$/.exec(heading);
    if (step) steps.set(step[1], { time: step[2] ?? '', title: step[3], working: body });
    if (heading === '## The depot') parts.depot = body;
  }
  return parts;
}

// A step's file: the comment that it begins with says what changes, the rest does it.
export function stepFile(text) {
  const comment = /^(--.*\n)*/.exec(text)[0];
  return {
    change: comment.replace(/^-- ?/gm, '').replace(/\s+/g, ' ').trim(),
    sql: text.slice(comment.length).trim(),
  };
}
