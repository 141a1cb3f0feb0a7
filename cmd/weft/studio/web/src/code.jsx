import { useState } from 'preact/hooks'

// What stands for itself, by language: comments, texts, words, numbers. A double quote is a
// name in SQL, and a text everywhere else.
const word = String.raw`\$[A-Za-z]\w*|\b(?:SELECT|FROM|WHERE|AND|OR|NOT|IN|IS|NULL|EXISTS|INNER|LEFT|JOIN|ON|ORDER|GROUP|BY|HAVING|LIMIT|OFFSET|AS|ASC|DESC|DISTINCT|UNION|CASE|WHEN|THEN|ELSE|END|WITH|LIKE|BETWEEN|COUNT|MAX|MIN|SUM|AVG|TRUE|FALSE|LATERAL|CREATE|TABLE|INDEX|DROP|ALTER|UNIQUE|PRIMARY|KEY|FOREIGN|REFERENCES|CONSTRAINT)\b`
const figure = String.raw`\b\d+(?:\.\d+)?\b|\$\d+|\?`
const languages = {
  sql: new RegExp(`(--[^\\n]*)|('(?:[^']|'')*')|("(?:[^"]|"")*"|\`[^\`]*\`)|(${word})|(${figure})`, 'g'),
  other: new RegExp(String.raw`(//[^\n]*)|("(?:[^"\\]|\\.)*")|(\b[a-z]\w*(?=:))|(\$[A-Za-z]\w*|\b(?:orm|db|find|aggregate|null|true|false|nil)\b)|(\b\d+(?:\.\d+)?\b)`, 'g'),
}
const kinds = ['note', 'text', 'name', 'word', 'number']

function pieces(text, language) {
  const out = []
  let end = 0
  for (const m of text.matchAll(languages[language] ?? languages.other)) {
    if (m.index > end) out.push(text.slice(end, m.index))
    out.push(<span class={'c-' + kinds[m.slice(1).findIndex(Boolean)]}>{m[0]}</span>)
    end = m.index + m[0].length
  }
  out.push(text.slice(end))
  return out
}

// Code is text one can copy, highlighted.
export function Code({ text, label, plain, language }) {
  const [done, setDone] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setDone(true)
    setTimeout(() => setDone(false), 1200)
  }
  return (
    <div class="code">
      <button class="copy" onClick={copy} aria-label={'Copy ' + label}>{done ? 'copied' : 'copy'}</button>
      <pre tabIndex="0" aria-label={label}>{plain ? text : pieces(text, language)}</pre>
    </div>
  )
}
