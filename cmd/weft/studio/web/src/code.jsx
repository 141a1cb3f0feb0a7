import { useState } from 'preact/hooks'

const words = /(--[^\n]*|\/\/[^\n]*)|('(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"(?=\s*[,})\]]|\s*$)|`[^`]*`)|(\$[A-Za-z]\w*|\b(?:SELECT|FROM|WHERE|AND|OR|NOT|IN|IS|NULL|EXISTS|INNER|LEFT|JOIN|ON|ORDER|GROUP|BY|HAVING|LIMIT|OFFSET|AS|ASC|DESC|DISTINCT|UNION|CASE|WHEN|THEN|ELSE|END|WITH|LIKE|BETWEEN|COUNT|MAX|MIN|SUM|AVG|TRUE|FALSE|LATERAL|INSERT|INTO|UPDATE|SET|DELETE|VALUES|orm|find|aggregate)\b)|(\b\d+(?:\.\d+)?\b|\$\d+|\?)/g

function pieces(text) {
  const out = []
  let end = 0
  for (const m of text.matchAll(words)) {
    if (m.index > end) out.push(text.slice(end, m.index))
    const kind = m[1] ? 'note' : m[2] ? (m[2][0] === "'" ? 'text' : 'name') : m[3] ? 'word' : 'number'
    out.push(<span class={'c-' + kind}>{m[0]}</span>)
    end = m.index + m[0].length
  }
  out.push(text.slice(end))
  return out
}

// Code is text one can copy, highlighted.
export function Code({ text, label, plain }) {
  const [done, setDone] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setDone(true)
    setTimeout(() => setDone(false), 1200)
  }
  return (
    <div class="code">
      <button class="copy" onClick={copy} aria-label={'Copy ' + label}>{done ? 'copied' : 'copy'}</button>
      <pre tabIndex="0" aria-label={label}>{plain ? text : pieces(text)}</pre>
    </div>
  )
}
