import { useEffect, useRef, useState } from 'preact/hooks'
import { api, took } from './api.js'
import { Plan } from './plan.jsx'

const keep = 500

// Live lists what the database is sent while the page is open, and the requests of the
// application that is watched.
export function Live({ model }) {
  const [events, setEvents] = useState([])
  const [requests, setRequests] = useState([])
  const [state, setState] = useState('connecting')
  const [application, setApplication] = useState('')
  const [filter, setFilter] = useState('')
  const paused = useRef(false)
  const [stopped, setStopped] = useState(false)
  useEffect(() => {
    const source = api.live()
    source.onopen = () => setState('listening')
    source.onerror = () => setState('the studio does not answer')
    const put = set => m => {
      const e = JSON.parse(m.data)
      if (!paused.current) set(before => [e, ...before.filter(x => x.id === undefined || x.id !== e.id)].slice(0, keep))
    }
    source.onmessage = put(setEvents)
    source.addEventListener('request', put(setRequests))
    source.addEventListener('application', m => setApplication(JSON.parse(m.data)))
    return () => source.close()
  }, [])
  const word = filter.toLowerCase()
  const list = events.filter(e => !word || (e.text ?? '').toLowerCase().includes(word))
  const asked = requests.filter(q => !word || `${q.method} ${q.path} ${q.statements.map(s => s.text).join(' ')}`.toLowerCase().includes(word))
  const counts = count(events.filter(e => e.kind === 'query'))
  return (
    <main class="live">
      <div class="bar-top">
        <span role="status">{state}{application && ' · ' + application}</span>
        <label class="field inline"><span>filter</span><input value={filter} onInput={e => setFilter(e.target.value)} /></label>
        <button aria-pressed={stopped} onClick={() => { paused.current = !stopped; setStopped(!stopped) }}>{stopped ? 'go on' : 'pause'}</button>
        <button onClick={() => { setEvents([]); setRequests([]) }}>clear</button>
      </div>
      {model.live && (
        <section aria-label="requests">
          <h2>Requests of the application</h2>
          {asked.map(q => <Request q={q} key={q.id} />)}
          {asked.length === 0 && <p class="faint">None yet.</p>}
        </section>
      )}
      {model.live && <h2>Sent by the studio</h2>}
      <ol class="events" aria-label="events" aria-live="off">
        {list.map(e => (
          <li class={e.warning ? 'warning' : ''}>
            <time>{e.at.slice(11, 23)}</time> <span class="badge">{e.kind}</span> {e.took ? <span class="badge">{took(e.took)}</span> : null}
            {e.more?.rows !== undefined && <span class="badge">{e.more.rows} rows</span>}
            {counts[e.text] > 4 && e.kind === 'query' && <span class="badge bad">sent {counts[e.text]} times</span>}
            <code>{e.text}</code> {e.more?.hint && <b>{e.more.hint}</b>} {e.more?.error && <span class="problem">{e.more.error}</span>}
          </li>
        ))}
      </ol>
      {list.length === 0 && <p class="faint">Nothing was sent yet: run something in the playground.</p>}
    </main>
  )
}

function count(list) {
  const counts = {}
  for (const e of list) counts[e.text] = (counts[e.text] ?? 0) + 1
  return counts
}

// Request is one request of the application: what it cost at a glance, and all of it when opened.
function Request({ q }) {
  const queries = q.statements.filter(s => s.kind === 'query')
  const counts = count(queries), repeated = Object.values(counts).filter(n => n > 4).length
  const slow = queries.filter(s => s.slow).length, failed = q.statements.filter(s => s.error).length
  const over = q.budget > 0 && q.sent > q.budget
  return (
    <details class={'request' + (failed || q.status >= 500 ? ' warning' : '')}>
      <summary>
        <time>{q.at.slice(11, 23)}</time> <b>{q.method} {q.path}</b> {q.pattern && !q.pattern.endsWith(q.path) && <span class="faint">{q.pattern}</span>}
        <span class={'badge' + (q.status >= 400 ? ' bad' : '')}>{q.status || 'no answer'}</span> <span class="badge">{took(q.took)}</span>
        <span class={'badge' + (over ? ' bad' : '')}>{q.sent} statements{over ? `, budget ${q.budget}` : ''}</span>
        <span class="badge">{q.rows} rows</span> <span class="badge" title="size of the identity map at the end">{q.managed} managed</span>
        {q.warnings.length > 0 && <span class="badge bad">N+1</span>} {slow > 0 && <span class="badge bad">{slow} slow</span>}
        {repeated > 0 && <span class="badge bad">{repeated} repeated</span>} {failed > 0 && <span class="badge bad">{failed} failed</span>}
      </summary>
      {q.warnings.map(w => <p class="advice"><b>{w.about}</b> was loaded one by one{w.line && <> at <code>{w.line}</code></>}: {w.hint}</p>)}
      <ol class="events" aria-label={`statements of ${q.method} ${q.path}`}>
        {q.statements.map(s => (
          <li class={s.error || s.slow ? 'warning' : ''}>
            {s.took ? <span class={'badge' + (s.slow ? ' bad' : '')}>{took(s.took)}</span> : null} {s.kind === 'query' && <span class="badge">{s.rows} rows</span>}
            {counts[s.text] > 4 && <span class="badge bad">{counts[s.text]} times</span>} <code>{s.text}</code>
            {s.params && <code class="faint"> {JSON.stringify(s.params)}</code>} {s.line && <span class="line" title={s.func}>{s.line}</span>} {s.error && <span class="problem">{s.error}</span>}
          </li>
        ))}
      </ol>
      {q.more > 0 && <p class="faint">and {q.more} more</p>}
      {q.flushes.map(f => <figure><figcaption>flush{f.line && <> at <code>{f.line}</code></>}</figcaption><Plan text={f.plan} /></figure>)}
    </details>
  )
}
