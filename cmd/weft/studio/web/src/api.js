// What the page asks of its server. A refused request throws the server's problem:
// {message, source, from, to}.
async function ask(path, body) {
  const init = body === undefined ? {} : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  let answer
  try {
    answer = await fetch('api/' + path, init)
  } catch {
    throw { message: 'the studio does not answer: was it stopped?' }
  }
  const text = await answer.text()
  let value
  try {
    value = JSON.parse(text)
  } catch {
    throw { message: text || answer.statusText }
  }
  if (!answer.ok) throw value
  return value
}

export const api = {
  model: () => ask('model'),
  drift: () => ask('drift'),
  compile: q => ask('compile', q),
  complete: (entity, field, text) => ask('complete', { entity, field, text }),
  run: q => ask('run', q),
  compare: q => ask('compare', q),
  explain: q => ask('explain', q),
  browse: q => ask('browse', q),
  plan: changes => ask('plan', { changes }),
  flush: changes => ask('flush', { changes }),
  live: () => new EventSource('api/live'),
}

// took writes a duration of nanoseconds.
export function took(ns) {
  if (ns >= 1e9) return (ns / 1e9).toFixed(2) + ' s'
  if (ns >= 1e6) return (ns / 1e6).toFixed(1) + ' ms'
  return Math.round(ns / 1e3) + ' µs'
}

// characters turns positions in bytes of UTF-8, as the server counts, into positions in a string.
export function characters(text, bytes) {
  let n = 0
  for (let i = 0; i < text.length; ) {
    if (n >= bytes) return i
    const c = text.codePointAt(i)
    n += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4
    i += c > 0xffff ? 2 : 1
  }
  return text.length
}
