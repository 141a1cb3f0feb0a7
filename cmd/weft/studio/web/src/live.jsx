import { useEffect, useRef, useState } from 'preact/hooks'
import { api, took } from './api.js'

const keep = 500

// Live lists what the database is sent while the page is open.
export function Live() {
  const [events, setEvents] = useState([])
  const [state, setState] = useState('connecting')
  const [filter, setFilter] = useState('')
  const paused = useRef(false)
  const [stopped, setStopped] = useState(false)
  useEffect(() => {
    const source = api.live()
    source.onopen = () => setState('listening')
    source.onerror = () => setState('the studio does not answer')
    source.onmessage = m => !paused.current && setEvents(before => [JSON.parse(m.data), ...before].slice(0, keep))
    return () => source.close()
  }, [])
  const counts = {}
  for (const e of events) if (e.kind === 'query') counts[e.text] = (counts[e.text] ?? 0) + 1
  const list = events.filter(e => !filter || (e.text ?? '').toLowerCase().includes(filter.toLowerCase()))
  return (
    <main class="live">
      <div class="bar-top">
        <span role="status">{state}</span>
        <label class="field inline"><span>filter</span><input value={filter} onInput={e => setFilter(e.target.value)} /></label>
        <button aria-pressed={stopped} onClick={() => { paused.current = !stopped; setStopped(!stopped) }}>{stopped ? 'go on' : 'pause'}</button>
        <button onClick={() => setEvents([])}>clear</button>
      </div>
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
