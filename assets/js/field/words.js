// What the app says. The frame carries it in one language, because there may be no signal to ask for more.
const given = JSON.parse(document.getElementById("field-words").textContent);

export const choices = given.choices;

/** The words of a key, `{name}` replaced by what is given. */
export function t(key, named = {}) {
  const words = given.words[key];
  if (words === undefined) throw new Error(`no words for ${key}`);
  return words.replace(/\{(\w+)\}/g, (_all, name) => String(named[name] ?? ""));
}

/** What to do about a refusal, by the server's code. */
export function whatToDo(code) {
  return given.words[`todo_${code}`] ?? given.words.todo;
}

export function labelOf(choice, value) {
  return choices[choice].find(([each]) => each === value)?.[1] ?? value;
}

const time = new Intl.DateTimeFormat(document.documentElement.lang, { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false });

export function clock(at) {
  return time.format(new Date(at));
}
