/** What a shell has in itself, whichever it is. */
const builtins =
  ": . [ break cd continue echo eval exit export false kill printf pwd read return set shift test trap true umask unset wait";
const keywords = "case do done elif else esac fi for if in then until while { } !";
/** Words before a command: what follows them is run. */
const prefixes = new Set(["!", "do", "elif", "else", "exec", "if", "run", "then", "until", "while", "{"]);
const known = new Set([...builtins.split(" "), ...keywords.split(" "), "exec"]);

/**
 * The programs that a script of ours runs, by their names: words where a command begins that are neither the
 * shell's own nor one of `functions`. It knows as much of the language as our scripts use.
 */
export function programsOf(script: string, functions: readonly string[] = functionsOf(script)): string[] {
  const text = script
    .replace(/<< '(\w+)'\n[\s\S]*?\n\1\n/g, "\n")
    .replace(/(^|\s)#.*$/gm, "$1")
    .replace(/\\\n/g, " ")
    // Patterns of case are no commands.
    .replace(/^\s*[^\s()]+(?: \| [^\s()]+)*\)(?=\s|$)/gm, "");
  const words: string[] = [];
  // A parenthesis that nothing opened ends a pattern.
  for (let at = 0; at < text.length; at += 1) at = readCommands(text, at, words);
  return [...new Set(words)].filter((word) => !known.has(word) && !functions.includes(word)).sort();
}

/** The functions that a script defines. */
export function functionsOf(script: string): string[] {
  return [...script.matchAll(/^\s*(\w+)\(\) \{/gm)].map(([, name = ""]) => name);
}

/** Reads commands up to the end or the parenthesis that closes them, and returns where that is. */
function readCommands(text: string, from: number, words: string[]): number {
  let begins = true;
  let at = from;
  while (at < text.length && text[at] !== ")") {
    const character = text[at] ?? "";
    if (/\s/.test(character) && character !== "\n") at += 1;
    else if ("\n;|&(".includes(character)) {
      if (character === "(") at = readCommands(text, at + 1, words);
      at += 1;
      begins = true;
    } else if (/^\d*[<>]/.test(text.slice(at, at + 3))) at = skipRedirection(text, at, words);
    else {
      const end = readWord(text, at, words);
      const word = text.slice(at, end);
      at = end;
      if (word === "for" || word === "case") {
        // Up to the list or the patterns: names and values.
        const rest = /^[^\n]*?(?: in(?=\s)|;)/.exec(text.slice(at))?.[0] ?? "";
        readCommands(rest.replace(/^[^$]*/, "").replace(/ in$/, ""), 0, []);
        at += rest.length;
        begins = word === "case";
        if (word === "for" && rest.endsWith(";")) begins = true;
        continue;
      }
      if (begins && /^[\w./-]+$/.test(word) && !/^\d+$/.test(word)) words.push(word);
      begins =
        (begins && (prefixes.has(word) || /^\w+=/.test(word))) ||
        word === "-exec" ||
        // The command that gets so many seconds.
        (begins && word === "timeout") ||
        (/^\d+$/.test(word) && words.at(-1) === "timeout" && begins);
    }
  }
  return at;
}

function skipRedirection(text: string, from: number, words: string[]): number {
  const operator = /^\d*(?:>>|>&|<&|<|>)\s*/.exec(text.slice(from))?.[0] ?? "";
  return readWord(text, from + operator.length, words);
}

/** Reads a word, with the commands whose output it takes, and returns where it ends. */
function readWord(text: string, from: number, words: string[]): number {
  let at = from;
  let quoted = false;
  while (at < text.length) {
    const character = text[at] ?? "";
    if (character === "\\") at += 2;
    else if (character === "'" && !quoted) at = text.indexOf("'", at + 1) + 1;
    else if (text.startsWith("$((", at)) at = endOfArithmetic(text, at, words);
    else if (text.startsWith("$(", at)) at = readCommands(text, at + 2, words) + 1;
    else if (text.startsWith("${", at)) at = endOfParameter(text, at, words);
    else if (character === '"') {
      quoted = !quoted;
      at += 1;
    } else if (!quoted && /[\s;|&()<>]/.test(character)) break;
    else at += 1;
  }
  // An end that is no word is an operator of its own.
  return Math.max(at, from + 1);
}

function endOfArithmetic(text: string, from: number, words: string[]): number {
  let depth = 2;
  let at = from + 3;
  while (at < text.length && depth > 0) {
    if (text.startsWith("$(", at) && text[at + 2] !== "(") at = readCommands(text, at + 2, words) + 1;
    else {
      if (text[at] === "(") depth += 1;
      if (text[at] === ")") depth -= 1;
      at += 1;
    }
  }
  return at;
}

function endOfParameter(text: string, from: number, words: string[]): number {
  let at = from + 2;
  let quoted = false;
  while (at < text.length && (quoted || text[at] !== "}")) {
    if (text.startsWith("${", at)) at = endOfParameter(text, at, words);
    else if (text.startsWith("$(", at)) at = readCommands(text, at + 2, words) + 1;
    else {
      if (text[at] === "\\") at += 1;
      else if (text[at] === '"') quoted = !quoted;
      at += 1;
    }
  }
  return at + 1;
}
