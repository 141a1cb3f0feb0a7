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

// Drawing shows a graph that dagre has laid out: nodes of lines, the first of which is a title, and edges with labels.
function Drawing({ g, kind, label }) {
  const { width, height } = g.graph()
  return (
    <svg class={kind} role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      {g.edges().map(id => {
        const e = g.edge(id)
        return <path class={e.kind} d={e.points.map((p, i) => (i ? 'L' : 'M') + p.x + ',' + p.y).join('')}><title>{e.label}</title></path>
      })}
      {g.nodes().map(id => {
        const n = g.node(id)
        return (
          <g class={n.kind} transform={`translate(${n.x - n.width / 2},${n.y - n.height / 2})`}>
            {n.title && <title>{n.title}</title>}
            <rect width={n.width} height={n.height} rx="5" />
            {n.share > 0 && <rect class="share" y={n.height - 4} width={Math.max(2, n.width * n.share)} height="4" />}
            {n.lines.map((l, i) => <text x="10" y={line + i * line} class={i < (n.titles ?? 1) ? 'title' : ''}>{l}</text>)}
          </g>
        )
      })}
    </svg>
  )
}

// Plan draws a flush: the steps from top to bottom, an edge from a step that makes keys to each that waits for them.
export function Plan({ text }) {
  const g = useMemo(() => layout(parse(text)), [text])
  return <Drawing g={g} kind="flush" label="flush plan" />
}

// wrap breaks a text into lines of about a length, at spaces.
function wrap(text, length) {
  const lines = []
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const fits = lines.length > 0 && lines.at(-1).length + word.length < length
    if (fits) lines[lines.length - 1] += ' ' + word
    else lines.push(word)
  }
  return lines.length > most ? [...lines.slice(0, most - 1), '…'] : lines
}

// Explained draws a database's plan of a statement: each node above those it reads from, with
// rows and costs; a bar for its share of the cost, another colour where all of a table is read.
export function Explained({ node }) {
  const g = useMemo(() => {
    const g = new dagre.graphlib.Graph()
    g.setGraph({ rankdir: 'TB', nodesep: 18, ranksep: 24, marginx: 10, marginy: 10 })
    let count = 0
    const add = n => {
      const id = `n${count++}`
      const numbers = [n.rows ? `${Math.round(n.rows)} rows` : '', n.cost ? `cost ${n.cost.toFixed(1)}` : ''].filter(Boolean).join(', ')
      const titles = wrap(n.what, 30)
      const lines = [...titles, ...wrap(n.detail ?? '', 30), numbers].filter(Boolean)
      g.setNode(id, {
        lines, titles: titles.length, kind: n.scan ? 'scan' : 'step', title: n.detail, share: n.cost && node.cost ? Math.min(1, n.cost / node.cost) : 0,
        width: Math.max(...lines.map(l => l.length)) * wide + 24, height: lines.length * line + 14,
      })
      for (const inner of n.inner ?? []) g.setEdge(id, add(inner), { kind: 'next', label: '' })
      return id
    }
    add(node)
    dagre.layout(g)
    return g
  }, [node])
  return <Drawing g={g} kind="explained" label="plan of the statement" />
}
