import './style.css'
import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { api } from './api.js'
import { useLink } from './link.js'
import { Playground } from './playground.jsx'
import { Model } from './model.jsx'
import { Data } from './data.jsx'
import { Live } from './live.jsx'

const tabs = { playground: Playground, model: Model, data: Data, live: Live }

function Studio() {
  const [state, set] = useLink()
  const [model, setModel] = useState()
  const [problem, setProblem] = useState()
  const [lit, setLit] = useState([])
  useEffect(() => {
    api.model().then(m => {
      m.entities ??= []
      m.byName = Object.fromEntries(m.entities.map(e => [e.name, e]))
      if (!m.byName[state.entity] && m.entities.length) set({ entity: m.entities[0].name })
      setModel(m)
    }, setProblem)
    // The token is in a cookie now: it need not stay in the address.
    const words = new URLSearchParams(location.search)
    if (words.delete('token') || location.search) history.replaceState(null, '', location.pathname + location.hash)
  }, [])
  useEffect(() => {
    const key = e => {
      const name = Object.keys(tabs)[Number(e.key) - 1]
      if (e.altKey && name) { e.preventDefault(); set({ tab: name }) }
    }
    addEventListener('keydown', key)
    return () => removeEventListener('keydown', key)
  }, [])
  if (problem) return <main><p class="problem" role="alert">{problem.message}</p></main>
  if (!model) return <main aria-busy="true"><p class="faint">reading the model…</p></main>
  const name = tabs[state.tab] ? state.tab : 'playground'
  const Tab = tabs[name]
  return (
    <>
      <header>
        <h1>weft <span>studio</span></h1>
        <nav aria-label="pages">
          {Object.keys(tabs).map((t, i) => <button aria-current={t === name ? 'page' : undefined} class={t === name ? 'on' : ''} title={`Alt+${i + 1}`} onClick={() => set({ tab: t })}>{t[0].toUpperCase() + t.slice(1)}</button>)}
        </nav>
        <span class="where">{model.engine}{model.database && ' · ' + model.database}{model.write ? <b class="badge bad">write</b> : <span class="badge">read-only</span>}</span>
      </header>
      {model.entities.length === 0 ? <main><p>No entities are mapped.</p></main> : <Tab model={model} state={state} set={set} lit={lit} onLit={setLit} />}
    </>
  )
}

render(<Studio />, document.getElementById('studio'))
