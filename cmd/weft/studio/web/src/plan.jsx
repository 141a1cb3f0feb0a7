import dagre from '@dagrejs/dagre'
import { useMemo } from 'preact/hooks'

const line = 15, wide = 6.6, most = 6

// parse reads a flush plan as EntityManager.Plan writes it: steps with their rows, and
// constraints that are checked at the end.
export function parse(text) {
  const steps = [], deferred = []
  for (const row of text.replace(/\n+$/, '').split('\n')) {
    if (row.startsWith('deferred ')) deferred.push(row.slice(9))
    else if (row.startsWith('   ')) steps.at(-1)?.rows.push(row.trim())
    else {
      const [, number, role, about, rest] = row.match(/^(\d+) ([\w-]+) (\S+)(.*)$/) ?? [, '', '', row, '']
      steps.push({ number, role, about, rest, rows: [] })
    }
  }
  return { steps, deferred }
}

// waits are the entities whose new keys the rows of a step hold.
function waits(step) {
  return [...new Set(step.rows.flatMap(row => [...row.matchAll(/<new (\w+) #\d+>/g)].map(m => m[1])))]
}

function layout({ steps, deferred }) {
  const g = new dagre.graphlib.Graph({ multigraph: true })
  g.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 26, marginx: 10, marginy: 10 })
  const node = (id, lines, kind) => g.setNode(id, { lines, kind, width: Math.max(...lines.map(l => l.length)) * wide + 20, height: lines.length * line + 12 })
  steps.forEach((s, i) => {
    const rows = s.rows.filter(Boolean).slice(0, most).map(r => (r.length > 70 ? r.slice(0, 69) + '…' : r))
    if (s.rows.length > most) rows.push(`and ${s.rows.length - most} more`)
    // What is released first, or followed up later, is where a cycle was broken.
    node(`s${i}`, [`${s.number} ${s.role} ${s.about}${s.rest}`, ...rows], s.role === 'release' || s.role === 'follow-up' ? 'broken' : 'step')
    if (i > 0) g.setEdge(`s${i - 1}`, `s${i}`, { kind: 'next', label: '' }, 'next')
    for (const entity of waits(s)) {
      steps.forEach((other, j) => { if (j < i && other.role === 'insert' && other.about === entity) g.setEdge(`s${j}`, `s${i}`, { kind: 'keys', label: `keys of ${entity}` }, entity) })
    }
  })
  if (deferred.length && steps.length) {
    node('deferred', deferred.map(d => 'deferred ' + d), 'deferred')
    g.setEdge(`s${steps.length - 1}`, 'deferred', { kind: 'next', label: 'checked at the end' }, 'end')
  }
  dagre.layout(g)
  return g
}

// Plan draws a flush: the steps from top to bottom, an edge from a step that makes keys to each that waits for them.
export function Plan({ text }) {
  const g = useMemo(() => layout(parse(text)), [text])
  const { width, height } = g.graph()
  return (
    <svg class="flush" role="img" aria-label="flush plan" width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      {g.edges().map(id => {
        const e = g.edge(id)
        return <path class={e.kind} d={e.points.map((p, i) => (i ? 'L' : 'M') + p.x + ',' + p.y).join('')}><title>{e.label}</title></path>
      })}
      {g.nodes().map(id => {
        const n = g.node(id)
        return (
          <g class={n.kind} transform={`translate(${n.x - n.width / 2},${n.y - n.height / 2})`}>
            <rect width={n.width} height={n.height} rx="5" />
            {n.lines.map((l, i) => <text x="10" y={line + i * line} class={i === 0 ? 'title' : ''}>{l}</text>)}
          </g>
        )
      })}
    </svg>
  )
}
