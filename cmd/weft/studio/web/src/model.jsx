import dagre from '@dagrejs/dagre'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { api } from './api.js'
import { Code } from './code.jsx'

const line = 17, head = 26, wide = 7.3

// layout places the entities that are shown and the relations between them.
function layout(entities, full) {
  const g = new dagre.graphlib.Graph({ multigraph: true })
  g.setGraph({ rankdir: 'LR', nodesep: 28, ranksep: 70, marginx: 20, marginy: 20 })
  const names = new Set(entities.map(e => e.name))
  for (const e of entities) {
    const shown = full ? e.properties.filter(p => !p.inherited) : e.properties.filter(p => p.key)
    const width = Math.max(e.name.length, ...shown.map(p => p.path.length + (p.type ?? p.target ?? '').length + 3)) * wide + 24
    g.setNode(e.name, { entity: e, shown, width, height: head + shown.length * line + 8 })
  }
  for (const e of entities) {
    if (e.base && names.has(e.base)) g.setEdge(e.name, e.base, { kind: 'extends', of: '' }, e.name + '<')
    for (const p of e.properties) {
      if (!p.target || p.inherited || !names.has(p.target) || (!p.owning && p.inverse)) continue
      g.setEdge(e.name, p.target, { kind: p.many ? 'many' : 'one', of: `${e.name}.${p.path}`, back: p.inverse ? `${p.target}.${p.inverse}` : '' }, `${e.name}.${p.path}`)
    }
  }
  dagre.layout(g)
  return g
}

function path(points) {
  const [first, ...rest] = points
  return `M${first.x},${first.y}` + rest.map(p => `L${p.x},${p.y}`).join('')
}

function Entity({ node, chosen, drifted, choose }) {
  const e = node.entity, x = node.x - node.width / 2, y = node.y - node.height / 2
  return (
    <g class={'entity' + (chosen ? ' chosen' : '') + (drifted ? ' drifted' : '')} transform={`translate(${x},${y})`} tabIndex="0" role="button" aria-label={`entity ${e.name}${drifted ? ', which differs from the database' : ''}`} onClick={choose} onKeyDown={k => (k.key === 'Enter' || k.key === ' ') && (k.preventDefault(), choose())}>
      <rect width={node.width} height={node.height} rx="7" />
      {drifted && <><title>its table differs from the database</title><circle class="mark" cx={node.width - 13} cy="13" r="5" /></>}
      <text class="title" x="12" y="18">{e.name}{e.readOnly ? ' (read-only)' : ''}</text>
      {node.shown.map((p, i) => (
        <text x="12" y={head + 12 + i * line} class={p.key ? 'pk' : ''}>
          {p.path}<tspan class="type" dx="8">{p.target ? (p.many ? p.target + '[]' : p.target) : p.type}{p.nullable ? '?' : ''}</tspan>
        </text>
      ))}
    </g>
  )
}

function Details({ e, drift, browse }) {
  return (
    <aside class="details" aria-label={`details of ${e.name}`}>
      <h2>{e.name}</h2>
      <p class="faint">{e.table}{e.base && ` · extends ${e.base}`}{e.comment && ` · ${e.comment}`}</p>
      <button onClick={browse}>Browse rows</button>
      {drift.length > 0 && <><h3 class="bad">differs from the database</h3><Code text={drift.join(';\n') + ';'} label={`what would bring ${e.table} to the mapping`} language="sql" /></>}
      <table>
        <thead><tr><th>property</th><th>type</th><th>column</th></tr></thead>
        <tbody>{e.properties.map(p => (
          <tr><td class={p.key ? 'pk' : ''}>{p.path}</td><td>{p.target ? p.kind + ' ' + p.target : p.type}{p.nullable ? '?' : ''}{p.unique ? ' unique' : ''}</td><td class="faint">{p.columns.join(', ')}</td></tr>
        ))}</tbody>
      </table>
      {['indexes', 'checks', 'filters'].map(kind => e[kind].length > 0 && <><h3>{kind}</h3><ul>{e[kind].map(x => <li><code>{x}</code></li>)}</ul></>)}
    </aside>
  )
}

export function Model({ model, lit, set }) {
  const [filter, setFilter] = useState('')
  const [full, setFull] = useState(model.entities.length < 25)
  const [chosen, setChosen] = useState()
  const [drift, setDrift] = useState()
  const [view, setView] = useState({ x: 0, y: 0, scale: 1 })
  const at = useRef(), drag = useRef()
  const entities = useMemo(() => {
    const words = filter.toLowerCase().split(/[\s,]+/).filter(Boolean)
    return words.length ? model.entities.filter(e => words.some(w => e.name.toLowerCase().includes(w))) : model.entities
  }, [filter, model])
  const g = useMemo(() => layout(entities, full), [entities, full])
  useEffect(() => { api.drift().then(setDrift, problem => setDrift({ problem })) }, [])
  const fit = () => {
    const { width, height } = g.graph(), box = at.current.getBoundingClientRect()
    if (width > 0) setView({ x: 0, y: 0, scale: Math.min(1, box.width / width, box.height / height) })
  }
  useEffect(fit, [g])
  const zoom = by => setView(v => ({ ...v, scale: Math.min(3, Math.max(0.1, v.scale * by)) }))
  const lights = new Set(lit)
  const entity = chosen && model.byName[chosen]
  return (
    <main class="model">
      <div class="bar-top">
        <label class="field inline"><span>filter</span><input value={filter} onInput={e => setFilter(e.target.value)} placeholder="names" /></label>
        <label class="check"><input type="checkbox" checked={full} onChange={e => setFull(e.target.checked)} /> properties</label>
        <button onClick={() => zoom(1.25)} aria-label="zoom in">+</button>
        <button onClick={() => zoom(0.8)} aria-label="zoom out">−</button>
        <button onClick={fit}>fit</button>
        <span class={'drift ' + (drift?.statements?.length ? 'bad' : 'faint')} role="status">
          {!drift ? 'comparing with the database…' : drift.problem ? drift.problem.message : drift.statements.length ? `${drift.statements.length} differences to the database` : 'the database is what the mapping says'}
        </span>
      </div>
      <div class="canvas">
        <svg ref={at} role="group" aria-label="entity diagram"
          onWheel={e => { e.preventDefault(); zoom(e.deltaY < 0 ? 1.1 : 0.9) }}
          onPointerDown={e => { if (e.target.closest('.entity')) return; drag.current = { x: e.clientX - view.x, y: e.clientY - view.y }; e.currentTarget.setPointerCapture(e.pointerId) }}
          onPointerMove={e => drag.current && setView(v => ({ ...v, x: e.clientX - drag.current.x, y: e.clientY - drag.current.y }))}
          onPointerUp={() => { drag.current = null }}>
          <defs>
            {['one', 'many', 'extends'].map(kind => (
              <marker id={'end-' + kind} viewBox="0 0 12 12" refX="11" refY="6" markerWidth="10" markerHeight="10" orient="auto">
                {kind === 'many' ? <path d="M11,1 L2,6 L11,11 M2,6 L11,6" class="end" /> : kind === 'one' ? <path d="M9,1 L9,11" class="end" /> : <path d="M1,1 L11,6 L1,11 Z" class="end hollow" />}
              </marker>
            ))}
          </defs>
          <g transform={`translate(${view.x},${view.y}) scale(${view.scale})`}>
            {g.edges().map(id => {
              const e = g.edge(id), on = lights.has(e.of) || lights.has(e.back)
              return <path d={path(e.points)} class={'edge' + (on ? ' lit' : '')} marker-end={`url(#end-${e.kind})`}><title>{e.of}{e.back && ' / ' + e.back}</title></path>
            })}
            {g.nodes().map(n => g.node(n)?.entity && <Entity node={g.node(n)} chosen={n === chosen} drifted={drift?.entities?.[n]?.length > 0} choose={() => setChosen(n)} />)}
          </g>
        </svg>
        {entity && <Details e={entity} drift={(drift?.entities?.[entity.name] ?? []).map(i => drift.statements[i])} browse={() => set({ tab: 'data', browse: entity.name })} />}
      </div>
      {drift?.statements?.length > 0 && <details><summary>what would bring the tables to the mapping</summary><Code text={drift.statements.join(';\n') + ';'} label="statements" language="sql" /></details>}
    </main>
  )
}
