import { useState } from 'preact/hooks'

// keyOf is a row's primary key as text.
export function keyOf(entity, row) {
  return entity.key.map(path => short(path.split('.').reduce((at, step) => at?.[step], row))).join(', ')
}

export function short(v) {
  if (v === null || v === undefined) return '∅'
  if (typeof v === 'object') return Array.isArray(v) ? `[${v.map(short).join(', ')}]` : JSON.stringify(v)
  return String(v)
}

function isRow(v) {
  return v !== null && typeof v === 'object' && !Array.isArray(v)
}

// Row is one entity of a graph: its values, and below it what was loaded of its relations.
export function Row({ model, name, row, open: first }) {
  const [open, setOpen] = useState(first)
  const entity = model.byName[name]
  const values = [], relations = []
  for (const p of entity.properties) {
    const v = p.path.split('.').reduce((at, step) => at?.[step], row)
    if (v === undefined) continue
    if (p.target && (isRow(v) || Array.isArray(v) && p.many)) relations.push([p, v])
    else values.push([p, v])
  }
  return (
    <li class="row" role="treeitem" aria-expanded={relations.length || values.length ? open : undefined}>
      <button class="row-head" onClick={() => setOpen(!open)} aria-label={`${name} ${keyOf(entity, row)}`}>
        <span class="turn" aria-hidden="true">{open ? '▾' : '▸'}</span>
        <b>{name}</b> <span class="key">{keyOf(entity, row)}</span>
        {!open && <span class="faint"> {values.filter(([p]) => !p.key).slice(0, 4).map(([p, v]) => `${p.path}: ${short(v)}`).join(' · ')}</span>}
        {!open && relations.map(([p, v]) => <span class="badge">{p.path}{Array.isArray(v) ? ` ${v.length}` : ''}</span>)}
      </button>
      {open && (
        <div class="row-body">
          <dl>{values.map(([p, v]) => <><dt>{p.path}{p.key && <span class="pk"> key</span>}</dt><dd class={v === null ? 'faint' : ''}>{short(v)}</dd></>)}</dl>
          {relations.map(([p, v]) => <Related model={model} of={p} value={v} />)}
        </div>
      )}
    </li>
  )
}

function Related({ model, of, value }) {
  const list = Array.isArray(value) ? value : [value]
  return (
    <div class="related">
      <span class="rel">{of.path}</span>
      {list.length === 0 && <span class="faint"> none</span>}
      <ul role="group">
        {list.map(x => isRow(x) ? <Row model={model} name={of.target} row={x} open={false} /> : <li class="row"><b>{of.target}</b> <span class="key">{short(x)}</span></li>)}
      </ul>
    </div>
  )
}

// Table shows columns.
export function Table({ columns, rows, label, onRow }) {
  return (
    <div class="scroll" tabIndex="0" role="region" aria-label={label}>
      <table>
        <thead><tr>{columns.map(c => <th scope="col">{c}</th>)}</tr></thead>
        <tbody>
          {rows.map((row, i) => (
            <tr>{row.map((v, j) => <td class={v === null ? 'faint' : typeof v === 'number' ? 'right' : ''}>
              {j === 0 && onRow ? <button class="link" onClick={() => onRow(i)}>{short(v)}</button> : short(v)}
            </td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
